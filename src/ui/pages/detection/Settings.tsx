import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { DetectionJson, SettingJson } from "../../../http/contract.js";
import { useLiveReread } from "../../api/feed.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Confirm } from "../../parts/Confirm.js";
import { Mark } from "../../parts/Mark.js";
import { SaveBar } from "../../parts/SaveBar.js";
import { Loaded } from "../../parts/states.js";
import { common } from "../../texts/common.js";
import { detection as texts } from "../../texts/detection.js";
import { SettingInput } from "./SettingInput.js";

/** Each threshold with its default and what stands behind it; changes are saved together. */
export function Settings() {
  const query = useGet<DetectionJson>(paths.detection);
  useLiveReread(["policy"], [paths.detection]);
  return <Loaded query={query}>{(data) => <Editor data={data} />}</Loaded>;
}

function Editor({ data }: { readonly data: DetectionJson }) {
  // What the edit began from: the API refuses to write over what somebody else changed since.
  const [edit, setEdit] = useState<{
    readonly from: DetectionJson;
    readonly values: Readonly<Record<string, string>>;
  } | null>(null);
  const [asking, setAsking] = useState(false);
  const may = useMay("admin");
  const save = useSend({ touches: [paths.detection, paths.shadow], done: () => texts.saved });
  const reset = useSend({ touches: [paths.detection, paths.shadow], done: () => texts.back });
  const values = edit?.values ?? {};
  const change = ({ name, value }: SettingJson, to: string): void => {
    const others = Object.fromEntries(Object.entries(values).filter(([each]) => each !== name));
    const next = to === value ? others : { ...others, [name]: to };
    setEdit(Object.keys(next).length === 0 ? null : { from: edit?.from ?? data, values: next });
  };
  return (
    <>
      <ul className="rf-card rf-items rf-settings">
        {data.settings.map((setting) => (
          <li key={setting.name}>
            <div className="rf-grow">
              <Group gap={8}>
                <Text fw={600} fz="sm">
                  {setting.title}
                </Text>
                {setting.value === setting.default ? null : <Mark tone="quiet">{texts.changed}</Mark>}
              </Group>
              <Text fz="sm" c="dimmed">
                {setting.why}
              </Text>
            </div>
            <div className="rf-setting-field">
              <SettingInput
                setting={setting}
                value={values[setting.name] ?? setting.value}
                disabled={!may}
                onChange={(to) => change(setting, to)}
              />
              <Group gap="xs" justify="space-between" mt={2}>
                <Text fz="xs" c="dimmed">
                  {texts.default(setting.default)}
                </Text>
                {may && setting.value !== setting.default ? (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`${texts.reset}: ${setting.title}`}
                    onClick={() =>
                      reset.mutate({
                        method: "POST",
                        path: paths.resetDetection,
                        body: { names: [setting.name] },
                      })
                    }
                  >
                    {texts.reset}
                  </Button>
                ) : null}
              </Group>
            </div>
          </li>
        ))}
      </ul>
      {may ? (
        <Button variant="default" mt="md" onClick={() => setAsking(true)}>
          {texts.resetAll}
        </Button>
      ) : null}
      <Confirm
        opened={asking}
        title={texts.resetAll}
        verb={texts.reset}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          reset.mutateAsync({ method: "POST", path: paths.resetDetection, body: { names: [] } })
        }
      >
        {texts.resetAllText}
      </Confirm>
      {edit === null ? null : (
        <SaveBar
          text={texts.changes(Object.keys(values).length)}
          busy={save.isPending}
          discard={common.discard}
          onDiscard={() => setEdit(null)}
          onSave={() =>
            save.mutate(
              { method: "PATCH", path: paths.detection, body: values, basedOn: edit.from },
              { onSuccess: () => setEdit(null) },
            )
          }
        />
      )}
    </>
  );
}
