import {
  Button,
  Group,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  useMantineColorScheme,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import qrcode from "qrcode-generator";
import { useState } from "react";
import type { TotpSecretJson } from "../../../http/contract.js";
import { useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { SESSION_PATH, useSession } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { shell } from "../../texts/common.js";
import { settings as texts } from "../../texts/settings.js";

const SCHEMES = ["light", "dark", "auto"] as const;

export function Account() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack>
      <Card title={texts.password}>
        <Password />
      </Card>
      <Card title={texts.totp}>
        <SecondFactor />
      </Card>
      <Card title={shell.appearance}>
        <SegmentedControl
          aria-label={shell.appearance}
          value={colorScheme}
          onChange={(value) => setColorScheme(SCHEMES.find((each) => each === value) ?? "auto")}
          data={SCHEMES.map((value) => ({ value, label: shell.colors[value] }))}
        />
      </Card>
    </Stack>
  );
}

function Password() {
  const { user } = useSession();
  const form = useForm({ initialValues: { current: "", next: "" } });
  const send = useSend({ touches: [SESSION_PATH], done: () => texts.passwordDone, quiet: true });
  return (
    <form
      onSubmit={form.onSubmit((body) =>
        send.mutate({ method: "PUT", path: paths.accountPassword, body }, { onSuccess: () => form.reset() }),
      )}
    >
      <input type="hidden" autoComplete="username" value={user} readOnly />
      <Stack maw="22rem" gap="sm">
        <PasswordInput
          label={texts.current}
          autoComplete="current-password"
          required
          withAsterisk={false}
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label={texts.next}
          autoComplete="new-password"
          required
          withAsterisk={false}
          {...form.getInputProps("next")}
          error={send.error?.message}
        />
        <Group>
          <Button type="submit" variant="default" loading={send.isPending}>
            {texts.set}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function SecondFactor() {
  const { totp } = useSession();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const start = useSend<TotpSecretJson>({ touches: [] });
  const confirm = useSend({ touches: [SESSION_PATH], done: () => texts.totpDone, quiet: true });
  const drop = useSend({ touches: [SESSION_PATH], done: () => texts.totpDropped, quiet: true });
  if (totp) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          drop.mutate({ method: "DELETE", path: paths.accountTotp, body: { password } });
        }}
      >
        <Stack maw="22rem" gap="sm">
          <Text fz="sm">{texts.totpOn}</Text>
          <PasswordInput
            label={texts.current}
            autoComplete="current-password"
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            error={drop.error?.message}
          />
          <Group>
            <Button type="submit" variant="default" disabled={password === ""} loading={drop.isPending}>
              {texts.totpDrop}
            </Button>
          </Group>
        </Stack>
      </form>
    );
  }
  if (start.data === undefined) {
    return (
      <Stack gap="sm" align="flex-start">
        <Text fz="sm">{texts.totpOff}</Text>
        <Button
          variant="default"
          loading={start.isPending}
          onClick={() => start.mutate({ method: "POST", path: paths.accountTotp })}
        >
          {texts.totpStart}
        </Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate({
          method: "PUT",
          path: paths.accountTotp,
          body: { code: code.replaceAll(/\s/g, "") },
        });
      }}
    >
      <Stack gap="sm" align="flex-start">
        <Text fz="sm">{texts.totpScan}</Text>
        <QrCode text={start.data.uri} />
        <Text fz="sm">
          {texts.totpSecret}: <span className="rf-secret">{start.data.secret}</span>
        </Text>
        <TextInput
          label={texts.totpCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
          error={confirm.error?.message}
        />
        <Button type="submit" disabled={code === ""} loading={confirm.isPending}>
          {texts.totpConfirm}
        </Button>
      </Stack>
    </form>
  );
}

/** Black on white in both schemes: cameras want it so. */
function QrCode({ text }: { readonly text: string }) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const modules = Array.from({ length: size * size }, (_, index) => ({
    x: index % size,
    y: Math.floor(index / size),
  }));
  const path = modules
    .filter(({ x, y }) => code.isDark(y, x))
    .map(({ x, y }) => `M${x} ${y}h1v1h-1z`)
    .join("");
  return (
    <svg className="rf-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={texts.totpQr}>
      <path d={path} fill="#000" />
    </svg>
  );
}
