import { Alert } from "@mantine/core";
import { useMay, type Role } from "../api/session.js";
import { common } from "../texts/common.js";

/** Says so where who is signed in may not change what the page shows. */
export function ReadOnly({ needs }: { readonly needs: Role }) {
  if (useMay(needs)) return null;
  return (
    <Alert color="gray" variant="light" mb="md">
      {common.mayNot(needs)}
    </Alert>
  );
}
