import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { common } from "../../texts/common.js";
import { drawer as texts } from "../../texts/bans.js";

export function NoteField({ target, note }: { readonly target: string; readonly note: string | null }) {
  const [text, setText] = useState(note ?? "");
  const send = useSend({ touches: [paths.bans], done: () => texts.noteSaved });
  const changed = text.trim() !== (note ?? "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate({
          method: "PUT",
          path: paths.banNote(target),
          body: { note: text.trim() === "" ? null : text.trim() },
        });
      }}
    >
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          className="rf-grow"
          label={texts.note}
          placeholder={texts.notePlaceholder}
          maxLength={200}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={!changed} loading={send.isPending}>
          {common.save}
        </Button>
      </Group>
    </form>
  );
}
