import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type {
  ChannelJson,
  NotificationsJson,
  NotificationTestedJson,
  SetNotificationsJson,
} from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { settings as texts } from "../../texts/settings.js";
import { Mail } from "./Mail.js";

const CHANNELS: readonly ChannelJson[] = ["email", "webhook", "slack"];

export function Notifications() {
  const query = useGet<NotificationsJson>(paths.notifications);
  return <Loaded query={query}>{(data) => <Editor data={data} />}</Loaded>;
}

function Editor({ data }: { readonly data: NotificationsJson }) {
  const [secret, setSecret] = useState<string | null>(null);
  const save = useSend<NotificationsJson>({ touches: [paths.notifications], done: () => texts.kept });
  const put = (body: SetNotificationsJson, whenSaved?: () => void): void =>
    save.mutate(
      { method: "PUT", path: paths.notifications, body },
      {
        onSuccess: ({ newWebhookSecret = null }) => {
          setSecret(newWebhookSecret);
          whenSaved?.();
        },
      },
    );
  const setUp = CHANNELS.filter((channel) => data[channel] !== null);
  return (
    <Stack>
      {secret === null ? null : (
        <Alert color="green" withCloseButton closeButtonLabel={common.close} onClose={() => setSecret(null)}>
          {texts.webhookSecret} <span className="rf-secret">{secret}</span>
        </Alert>
      )}
      <Card title={texts.channels.email}>
        <Mail key={JSON.stringify(data.email)} email={data.email} busy={save.isPending} onSave={put} />
        <Test data={data} channel="email" />
      </Card>
      <Card title={texts.channels.webhook}>
        <Fields
          fields={{ url: { label: texts.webhookUrl, value: data.webhook?.url ?? "" } }}
          onSave={({ url = "" }) => put({ webhook: { url } })}
          onRemove={data.webhook === null ? null : () => put({ webhook: null })}
        />
        <Test data={data} channel="webhook" />
      </Card>
      <Card title={texts.channels.slack}>
        {data.slack === null ? null : (
          <Text fz="sm" c="dimmed" mb="xs">
            {data.slack.host}
          </Text>
        )}
        <Fields
          fields={{ url: { label: texts.slackUrl, value: "" } }}
          onSave={({ url = "" }) => put({ slack: { url } })}
          onRemove={data.slack === null ? null : () => put({ slack: null })}
        />
        <Test data={data} channel="slack" />
      </Card>
      <Card title={texts.kinds}>
        <Text fz="sm" c="dimmed" mb="sm">
          {texts.collect(data.collectMinutes)}
          {setUp.length < CHANNELS.length ? ` ${texts.greyed}` : ""}
        </Text>
        <ul className="rf-plain">
          {data.kinds.map(({ kind, title, why, channels }) => (
            <li key={kind}>
              <div className="rf-grow">
                <Text fz="sm" fw={550}>
                  {title}
                </Text>
                <Text fz="xs" c="dimmed">
                  {why}
                </Text>
              </div>
              <Group gap="md">
                {CHANNELS.map((channel) => (
                  <Checkbox
                    key={channel}
                    label={texts.channels[channel]}
                    aria-label={`${title}: ${texts.channels[channel]}`}
                    disabled={!setUp.includes(channel)}
                    checked={channels.includes(channel)}
                    onChange={({ currentTarget }) =>
                      put({
                        kinds: {
                          [kind]: currentTarget.checked
                            ? [...channels, channel]
                            : channels.filter((each) => each !== channel),
                        },
                      })
                    }
                  />
                ))}
              </Group>
            </li>
          ))}
        </ul>
      </Card>
    </Stack>
  );
}

interface FieldsProps {
  readonly fields: Readonly<Record<string, { readonly label: string; readonly value: string }>>;
  readonly onSave: (values: Readonly<Record<string, string>>) => void;
  readonly onRemove: (() => void) | null;
}

function Fields({ fields, onSave, onRemove }: FieldsProps) {
  const form = useForm({
    initialValues: Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value])),
  });
  return (
    <form onSubmit={form.onSubmit((values) => onSave(values))}>
      <Group align="flex-end" gap="sm">
        {Object.entries(fields).map(([name, { label }]) => (
          <TextInput
            key={name}
            className="rf-grow"
            label={label}
            required
            withAsterisk={false}
            {...form.getInputProps(name)}
          />
        ))}
        <Button type="submit" variant="default">
          {texts.set}
        </Button>
        {onRemove === null ? null : (
          <Button variant="subtle" onClick={onRemove}>
            {common.remove}
          </Button>
        )}
      </Group>
    </form>
  );
}

function Test({ data, channel }: { readonly data: NotificationsJson; readonly channel: ChannelJson }) {
  const test = useSend<NotificationTestedJson>({ touches: [paths.notifications] });
  const last = data.channels.find((each) => each.channel === channel)?.last ?? null;
  if (data[channel] === null) return null;
  return (
    <Group gap="sm" mt="sm">
      <Button
        size="xs"
        variant="default"
        loading={test.isPending}
        onClick={() => test.mutate({ method: "POST", path: paths.testNotification, body: { channel } })}
      >
        {texts.test}
      </Button>
      <Group gap="xs" role="status" className="rf-grow">
        {last === null ? null : (
          <>
            <Mark tone={last.ok ? "good" : "bad"}>{last.ok ? texts.delivered : texts.notDelivered}</Mark>
            <Text fz="xs" c="dimmed" className="rf-wrap">
              {last.detail} · <Time at={last.at} />
            </Text>
          </>
        )}
      </Group>
    </Group>
  );
}
