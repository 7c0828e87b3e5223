import { Button } from "@mantine/core";
import { common } from "../texts/common.js";

/** The two buttons at the end of a small form that opened where something is edited. */
export function SaveOrCancel({ busy, onCancel }: { readonly busy: boolean; readonly onCancel: () => void }) {
  return (
    <>
      <Button type="submit" loading={busy}>
        {common.save}
      </Button>
      <Button variant="default" onClick={onCancel}>
        {common.cancel}
      </Button>
    </>
  );
}
