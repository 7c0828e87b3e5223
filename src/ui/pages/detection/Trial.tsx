import { Alert, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { DetectionJson, ShadowJson, ShadowResultsJson } from "../../../http/contract.js";
import { useLiveReread } from "../../api/feed.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { Empty, Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { detection as texts } from "../../texts/detection.js";
import { SettingInput } from "./SettingInput.js";

/** Other thresholds, tried out on live traffic. */
export function Trial() {
  const shadow = useGet<ShadowJson>(paths.shadow, undefined, { everyMs: 15_000 });
  const detection = useGet<DetectionJson>(paths.detection);
  useLiveReread(["shadow"], [paths.shadow]);
  return (
    <Stack>
      <Text c="dimmed" fz="sm" maw="48rem">
        {texts.shadowIntro}
      </Text>
      <Loaded query={shadow}>{(state) => <State state={state} />}</Loaded>
      <Loaded query={detection}>{(data) => <Chooser data={data} />}</Loaded>
      {shadow.data?.from == null ? null : <Results />}
    </Stack>
  );
}

function State({ state }: { readonly state: ShadowJson }) {
  const may = useMay("admin");
  const send = useSend({ touches: [paths.shadow] });
  const take = useSend({ touches: [paths.detection], done: () => texts.taken });
  const { changes, running, fault, from } = state;
  if (changes.length === 0) {
    return (
      <div className="rf-card">
        <Empty title={texts.shadowNone}>{texts.shadowNoneText}</Empty>
      </div>
    );
  }
  return (
    <Card
      title={
        <>
          <Mark tone={running ? "good" : "quiet"}>{running ? texts.running : texts.stopped}</Mark>{" "}
          {from === null ? null : (
            <Text span fz="xs" c="dimmed">
              {texts.since} <Time at={from} />
            </Text>
          )}
        </>
      }
      actions={
        may ? (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              loading={take.isPending}
              onClick={() =>
                take.mutate({
                  method: "PATCH",
                  path: paths.detection,
                  body: Object.fromEntries(changes.map(({ name, shadow }) => [name, shadow])),
                })
              }
            >
              {texts.take}
            </Button>
            <Button
              size="xs"
              loading={send.isPending}
              onClick={() =>
                send.mutate({ method: "POST", path: running ? paths.stopShadow : paths.startShadow })
              }
            >
              {running ? texts.stop : texts.start}
            </Button>
          </Group>
        ) : null
      }
    >
      {fault === null ? null : (
        <Alert color="orange" mb="sm">
          {fault}
        </Alert>
      )}
      <ul className="rf-plain">
        {changes.map(({ name, title, live, shadow }) => (
          <li key={name}>
            <Text span fz="sm" fw={550}>
              {title}
            </Text>
            <Text span fz="sm" c="dimmed">
              {texts.live} {live} → {texts.trial} {shadow}
            </Text>
            {may ? (
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`${texts.reset}: ${title}`}
                onClick={() =>
                  send.mutate({ method: "POST", path: paths.resetShadow, body: { names: [name] } })
                }
              >
                {texts.reset}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Chooser({ data: { settings } }: { readonly data: DetectionJson }) {
  const [name, setName] = useState(settings[0]?.name ?? "");
  const [value, setValue] = useState<string | null>(null);
  const send = useSend({ touches: [paths.shadow] });
  const setting = settings.find((each) => each.name === name);
  if (!useMay("admin") || setting === undefined) return null;
  return (
    <form
      className="rf-card rf-card-body"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate({ method: "PATCH", path: paths.shadow, body: { [name]: value ?? setting.value } });
      }}
    >
      <Group align="flex-start" gap="sm">
        <NativeSelect
          className="rf-grow"
          label={texts.setting}
          value={name}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            setValue(null);
          }}
          data={settings.map((each) => ({ value: each.name, label: each.title }))}
        />
        <div className="rf-grow">
          <SettingInput
            setting={setting}
            label={texts.value}
            value={value ?? setting.value}
            onChange={setValue}
          />
        </div>
        <Button type="submit" variant="default" loading={send.isPending} mt={25}>
          {texts.try}
        </Button>
      </Group>
    </form>
  );
}

function Results() {
  const results = useGet<ShadowResultsJson>(paths.shadowResults, undefined, { everyMs: 15_000 });
  return (
    <Loaded query={results}>
      {({ summary, results: found, left }) => (
        <Card title={texts.results}>
          <Text fz="sm" fw={550} mb="sm">
            {found.length === 0 ? texts.resultNone : `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`}
          </Text>
          <ul className="rf-plain">
            {found.slice(0, 100).map(({ target, account, live, shadow }) => (
              <li key={`${target} ${account ?? ""}`}>
                <Address value={target} link />
                {account === null ? null : (
                  <Text span fz="sm">
                    {account}
                  </Text>
                )}
                <Mark tone={live === null ? "warn" : "quiet"}>
                  {live === null ? texts.onlyTrial : shadow === null ? texts.onlyLive : texts.both}
                </Mark>
                <Text span fz="sm" c="dimmed">
                  {(shadow ?? live)?.summary}
                </Text>
              </li>
            ))}
          </ul>
          {left + Math.max(0, found.length - 100) === 0 ? null : (
            <Text fz="xs" c="dimmed">
              {texts.left(left + Math.max(0, found.length - 100))}
            </Text>
          )}
        </Card>
      )}
    </Loaded>
  );
}
