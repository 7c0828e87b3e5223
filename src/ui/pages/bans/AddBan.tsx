import { Alert, Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { AddBanJson, BanJson } from "../../../http/contract.js";
import { useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { common } from "../../texts/common.js";
import { addBan as texts, bans } from "../../texts/bans.js";

/** Shuts out an address or network by hand. What the API refuses is said in the form. */
export function AddBan({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const form = useForm({ initialValues: { target: "", duration: "24h", scope: "host", note: "" } });
  const send = useSend<BanJson>({
    touches: [paths.bans, paths.status, paths.overview],
    done: ({ target }) => texts.done(target),
    quiet: true,
  });
  const close = (): void => {
    form.reset();
    send.reset();
    onClose();
  };
  const submit = form.onSubmit(({ target, duration, scope, note }) => {
    const body: AddBanJson = {
      target: target.trim(),
      scope: scope === "voip" ? "voip" : "host",
      ...(duration === "" ? {} : { duration }),
      ...(note.trim() === "" ? {} : { note: note.trim() }),
    };
    send.mutate({ method: "POST", path: paths.bans, body }, { onSuccess: close });
  });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={bans.add}
      centered
      closeButtonProps={{ "aria-label": common.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {send.error === null ? null : (
            <Alert color="red" role="alert">
              {send.error.message}
            </Alert>
          )}
          <TextInput
            label={texts.target}
            description={texts.targetText}
            required
            withAsterisk={false}
            data-autofocus
            ff="monospace"
            {...form.getInputProps("target")}
          />
          <NativeSelect
            label={texts.duration}
            data={Object.entries(texts.durations).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps("duration")}
          />
          <NativeSelect
            label={texts.scope}
            data={Object.entries(texts.scopes).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps("scope")}
          />
          <TextInput label={texts.note} maxLength={200} {...form.getInputProps("note")} />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={close}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={send.isPending}>
              {texts.go}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
