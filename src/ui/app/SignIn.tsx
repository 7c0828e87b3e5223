import { Alert, Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect, useState } from "react";
import { Problem } from "../api/client.js";
import { hasEnded, useSignIn } from "../api/session.js";
import { common, signIn as texts } from "../texts/common.js";

/** Signing in: user and password, then the code of an authenticator app where the account has one. */
export function SignIn() {
  const signIn = useSignIn();
  const form = useForm({ mode: "uncontrolled", initialValues: { user: "", password: "", totp: "" } });
  const [asksCode, setAsksCode] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${texts.title} · ${common.product}`;
  }, []);
  const submit = form.onSubmit(async ({ user, password, totp }) => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn({
        user: user.trim(),
        password,
        ...(asksCode ? { totp: totp.replaceAll(/\s/g, "") } : {}),
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "totp-needed" && !asksCode) setAsksCode(true);
      else setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  });
  return (
    <main className="rf-sign-in">
      <Paper className="rf-sign-in-box" withBorder>
        <form onSubmit={submit}>
          <Stack gap="md">
            <Stack gap={2} align="center">
              <img src="/icon.svg" alt="" width={44} height={44} />
              <Title order={1} mt="xs">
                {texts.title}
              </Title>
              <Text c="dimmed" fz="sm" ta="center">
                {texts.sub}
              </Text>
            </Stack>
            {problem === null && hasEnded() ? <Alert role="status">{texts.ended}</Alert> : null}
            {problem === null ? null : (
              <Alert color="red" role="alert">
                {problem}
              </Alert>
            )}
            <TextInput
              label={texts.user}
              name="user"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              withAsterisk={false}
              autoFocus
              key={form.key("user")}
              {...form.getInputProps("user")}
            />
            <PasswordInput
              label={texts.password}
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              key={form.key("password")}
              {...form.getInputProps("password")}
            />
            {asksCode ? (
              <TextInput
                label={texts.code}
                description={texts.codeText}
                name="totp"
                inputMode="numeric"
                autoComplete="one-time-code"
                required
                withAsterisk={false}
                autoFocus
                key={form.key("totp")}
                {...form.getInputProps("totp")}
              />
            ) : null}
            <Button type="submit" loading={busy} fullWidth>
              {texts.go}
            </Button>
            <Text fz="xs" c="dimmed" ta="center">
              {texts.first}
            </Text>
            <Text fz="xs" c="dimmed" ta="center">
              {texts.locked}{" "}
              <Anchor href="/portal" fz="xs" underline="always">
                {texts.portal}
              </Anchor>
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}

function sentence({ message, retryAfterSeconds, code }: Problem): string {
  return code === "too-many" && retryAfterSeconds !== null ? texts.wait(retryAfterSeconds) : message;
}
