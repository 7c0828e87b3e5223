import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { UserAfterJson, UserJson, UsersJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { type Role, useSession } from "../../api/session.js";
import { Confirm } from "../../parts/Confirm.js";
import { Mark } from "../../parts/Mark.js";
import { Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { settings as texts } from "../../texts/settings.js";

const ROLES: readonly Role[] = ["viewer", "operator", "admin"];
const roleOptions = ROLES.map((value) => ({ value, label: `${value}: ${texts.roles[value]}` }));

export function Users() {
  const users = useGet<UsersJson>(paths.users);
  const [made, setMade] = useState<UserAfterJson | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const [resetting, setResetting] = useState<Reset | null>(null);
  const change = useSend<UserAfterJson>({ touches: [paths.users] });
  const remove = useSend({ touches: [paths.users] });
  return (
    <Stack>
      <Add onMade={setMade} />
      {made?.password == null ? null : (
        <Alert color="green" withCloseButton closeButtonLabel={common.close} onClose={() => setMade(null)}>
          {texts.made(made.name)} <span className="rf-secret">{made.password}</span>
        </Alert>
      )}
      <Loaded query={users}>
        {(data) => (
          <ul className="rf-card rf-items">
            {data.users.map((user) => (
              <Row
                key={user.name}
                user={user}
                onReset={(what) => setResetting({ user: user.name, what })}
                onRemove={() => setRemoving(user.name)}
              />
            ))}
          </ul>
        )}
      </Loaded>
      <Confirm
        opened={removing !== null}
        title={texts.removeTitle(removing ?? "")}
        verb={common.remove}
        grave
        onClose={() => setRemoving(null)}
        onConfirm={() => remove.mutateAsync({ method: "DELETE", path: paths.user(removing ?? "") })}
      >
        {texts.removeUserText}
      </Confirm>
      <Confirm
        opened={resetting !== null}
        title={texts.resetTitles[resetting?.what ?? "password"](resetting?.user ?? "")}
        verb={texts.resets[resetting?.what ?? "password"]}
        onClose={() => setResetting(null)}
        onConfirm={async () => {
          const { user = "", what = "password" } = resetting ?? {};
          const body = what === "password" ? { password: null } : { totp: false };
          setMade(await change.mutateAsync({ method: "PATCH", path: paths.user(user), body }));
        }}
      >
        {texts.resetTexts[resetting?.what ?? "password"]}
      </Confirm>
    </Stack>
  );
}

function Add({ onMade }: { readonly onMade: (user: UserAfterJson) => void }) {
  const form = useForm({ initialValues: { name: "", role: "viewer" } });
  const send = useSend<UserAfterJson>({ touches: [paths.users], quiet: true });
  return (
    <form
      onSubmit={form.onSubmit(({ name, role }) =>
        send.mutate(
          { method: "POST", path: paths.users, body: { name: name.trim(), role } },
          {
            onSuccess: (user) => {
              form.reset();
              onMade(user);
            },
          },
        ),
      )}
    >
      <Group align="flex-start" gap="sm">
        <TextInput
          label={texts.user}
          autoCapitalize="none"
          required
          withAsterisk={false}
          {...form.getInputProps("name")}
          error={send.error?.message}
        />
        <NativeSelect label={texts.role} data={roleOptions} {...form.getInputProps("role")} />
        <Button type="submit" mt={25} loading={send.isPending}>
          {texts.addUser}
        </Button>
      </Group>
    </form>
  );
}

/** What of an account is set anew. */
interface Reset {
  readonly user: string;
  readonly what: "password" | "totp";
}

interface RowProps {
  readonly user: UserJson;
  readonly onReset: (what: Reset["what"]) => void;
  readonly onRemove: () => void;
}

function Row({ user, onReset, onRemove }: RowProps) {
  const me = useSession().user === user.name;
  const change = useSend<UserAfterJson>({ touches: [paths.users], done: () => texts.kept });
  return (
    <li>
      <div className="rf-grow">
        <Group gap={8}>
          <Text fw={600} fz="sm" className="rf-wrap">
            {user.name}
          </Text>
          {user.totp ? <Mark tone="good">{texts.totp}</Mark> : null}
        </Group>
        <Text fz="xs" c="dimmed">
          {user.signedInAt === null ? (
            texts.neverSignedIn
          ) : (
            <>
              {texts.signedIn} <Time at={user.signedInAt} />
            </>
          )}
        </Text>
      </div>
      <NativeSelect
        size="xs"
        aria-label={`${texts.role}: ${user.name}`}
        disabled={me}
        value={user.role}
        data={roleOptions}
        onChange={({ currentTarget }) =>
          change.mutate({ method: "PATCH", path: paths.user(user.name), body: { role: currentTarget.value } })
        }
      />
      {me ? null : (
        <Group gap="xs">
          {(user.totp ? (["password", "totp"] as const) : (["password"] as const)).map((what) => (
            <Button
              key={what}
              size="compact-xs"
              variant="default"
              onClick={() => onReset(what)}
              aria-label={`${texts.resets[what]}: ${user.name}`}
            >
              {texts.resets[what]}
            </Button>
          ))}
          <Button
            size="compact-xs"
            variant="default"
            onClick={onRemove}
            aria-label={`${common.remove} ${user.name}`}
          >
            {common.remove}
          </Button>
        </Group>
      )}
    </li>
  );
}
