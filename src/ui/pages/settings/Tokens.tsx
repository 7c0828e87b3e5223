import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { NewTokenJson, TokenJson, TokensJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Confirm } from "../../parts/Confirm.js";
import { Mark } from "../../parts/Mark.js";
import { Empty, Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { settings as texts } from "../../texts/settings.js";

const SCOPES = ["read", "operate", "admin"] as const;

export function Tokens() {
  const tokens = useGet<TokensJson>(paths.tokens);
  const form = useForm({ initialValues: { name: "", scope: "read" } });
  const make = useSend<NewTokenJson>({ touches: [paths.tokens], quiet: true });
  const revoke = useSend({ touches: [paths.tokens] });
  const [revoking, setRevoking] = useState<TokenJson | null>(null);
  return (
    <Stack>
      <form
        onSubmit={form.onSubmit(({ name, scope }) =>
          make.mutate(
            { method: "POST", path: paths.tokens, body: { name: name.trim(), scope } },
            { onSuccess: () => form.reset() },
          ),
        )}
      >
        <Group align="flex-start" gap="sm">
          <TextInput
            label={texts.tokenName}
            required
            withAsterisk={false}
            {...form.getInputProps("name")}
            error={make.error?.message}
          />
          <NativeSelect
            label={texts.scope}
            data={SCOPES.map((value) => ({ value, label: texts.scopes[value] }))}
            {...form.getInputProps("scope")}
          />
          <Button type="submit" mt={25} loading={make.isPending}>
            {texts.addToken}
          </Button>
        </Group>
      </form>
      {make.data === undefined ? null : (
        <Alert color="green" withCloseButton closeButtonLabel={common.close} onClose={() => make.reset()}>
          {texts.tokenMade} <span className="rf-secret">{make.data.token}</span>
        </Alert>
      )}
      <Loaded query={tokens}>
        {(data) =>
          data.tokens.length === 0 ? (
            <div className="rf-card">
              <Empty title={texts.tokensNone}>{texts.tokensNoneText}</Empty>
            </div>
          ) : (
            <ul className="rf-card rf-items">
              {data.tokens.map((token) => (
                <li key={token.id}>
                  <div className="rf-grow">
                    <Group gap={8}>
                      <Text fw={600} fz="sm" className="rf-wrap">
                        {token.name}
                      </Text>
                      <Mark tone="quiet">{texts.scopes[token.scope]}</Mark>
                    </Group>
                    <Text fz="xs" c="dimmed">
                      {token.usedAt === null ? (
                        texts.unused
                      ) : (
                        <>
                          {texts.usedAt} <Time at={token.usedAt} />
                        </>
                      )}
                    </Text>
                  </div>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`${texts.revoke} ${token.name}`}
                    onClick={() => setRevoking(token)}
                  >
                    {texts.revoke}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Confirm
        opened={revoking !== null}
        title={texts.removeTitle(revoking?.name ?? "")}
        verb={texts.revoke}
        grave
        onClose={() => setRevoking(null)}
        onConfirm={() => revoke.mutateAsync({ method: "DELETE", path: paths.token(revoking?.id ?? 0) })}
      >
        {texts.revokeText}
      </Confirm>
    </Stack>
  );
}
