import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { PinSetJson, PinsJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { below } from "../../parts/below.js";
import { Card } from "../../parts/Card.js";
import { Confirm } from "../../parts/Confirm.js";
import { Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { pinTexts as texts } from "../../texts/extensions.js";

/** The PIN with which the person behind an extension lets themselves back in. */
export function Pin({ extension }: { readonly extension: string }) {
  const mayEdit = useMay("operator");
  const pins = useGet<PinsJson>(paths.pins);
  const [own, setOwn] = useState("");
  const [asks, setAsks] = useState(false);
  const make = useSend<PinSetJson>({ touches: [paths.pins], quiet: true });
  const drop = useSend({ touches: [paths.pins], done: () => texts.dropped });
  return (
    <Card title={texts.title}>
      <Stack gap="sm" align="flex-start">
        <Text fz="sm" c="dimmed" maw="44rem">
          {texts.text}{" "}
          <Anchor href="/portal" target="_blank" rel="noreferrer" fz="sm" underline="always">
            {texts.portal}
          </Anchor>
        </Text>
        <Loaded query={pins}>
          {({ pins: all }) => {
            const pin = all.find((each) => each.extension === extension);
            return (
              <>
                {pin === undefined ? (
                  <Text fz="sm">{texts.none}</Text>
                ) : (
                  <Text fz="sm">
                    {texts.setBy(pin.setBy)} <Time at={pin.setAt} />.{" "}
                    {pin.lastUsedAt === null ? (
                      texts.unused
                    ) : (
                      <>
                        {texts.used} <Time at={pin.lastUsedAt} />.
                      </>
                    )}
                  </Text>
                )}
                {make.data === undefined ? null : (
                  <Alert
                    color="green"
                    withCloseButton
                    closeButtonLabel={common.close}
                    onClose={() => make.reset()}
                  >
                    {texts.made(extension)} <strong className="rf-secret rf-pin">{make.data.pin}</strong>
                  </Alert>
                )}
                {mayEdit ? (
                  <form
                    onSubmit={(event) => {
                      event.preventDefault();
                      const body = own.trim() === "" ? {} : { pin: own.trim() };
                      make.mutate(
                        { method: "PUT", path: paths.pin(extension), body },
                        { onSuccess: () => setOwn("") },
                      );
                    }}
                  >
                    <Group gap="xs" align="flex-start">
                      <TextInput
                        label={texts.own}
                        description={texts.ownText}
                        inputWrapperOrder={below}
                        value={own}
                        maxLength={12}
                        inputMode="numeric"
                        autoComplete="off"
                        onChange={({ currentTarget }) => setOwn(currentTarget.value)}
                        error={make.error?.message}
                      />
                      <Button
                        className="rf-beside-field"
                        type="submit"
                        loading={make.isPending}
                        variant="default"
                      >
                        {pin === undefined ? texts.set : texts.another}
                      </Button>
                      {pin === undefined ? null : (
                        <Button className="rf-beside-field" variant="default" onClick={() => setAsks(true)}>
                          {texts.drop}
                        </Button>
                      )}
                    </Group>
                  </form>
                ) : null}
              </>
            );
          }}
        </Loaded>
      </Stack>
      <Confirm
        opened={asks}
        title={texts.drop}
        verb={texts.drop}
        grave
        onClose={() => setAsks(false)}
        onConfirm={async () => {
          await drop.mutateAsync({ method: "DELETE", path: paths.pin(extension) });
          make.reset();
        }}
      >
        {texts.dropText}
      </Confirm>
    </Card>
  );
}
