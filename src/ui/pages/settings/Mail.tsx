import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  PasswordInput,
  SimpleGrid,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import type { NotificationsJson, SetNotificationsJson } from "../../../http/contract.js";
import { common } from "../../texts/common.js";
import { settings as texts } from "../../texts/settings.js";
import { BLANK_MAIL, mailChange, type MailForm, mailFormOf, PORTS, SECURITIES } from "./mail-form.js";

interface MailProps {
  readonly email: NotificationsJson["email"];
  readonly busy: boolean;
  readonly onSave: (change: SetNotificationsJson, whenSaved?: () => void) => void;
}

/** The mail server, who is written to, and how one signs in there. */
export function Mail({ email, busy, onSave }: MailProps) {
  const form = useForm<MailForm>({ initialValues: email === null ? BLANK_MAIL : mailFormOf(email) });
  const text = (name: "host" | "from" | "to", label: string) => (
    <TextInput label={label} required withAsterisk={false} {...form.getInputProps(name)} />
  );
  const { security, password } = form.values;
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        onSave({ email: mailChange(values, email) }, () => form.setFieldValue("password", "")),
      )}
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }} mb="sm">
        {text("host", texts.emailHost)}
        <NativeSelect
          label={texts.emailSecurity}
          data={SECURITIES.map((value) => ({ value, label: texts.securities[value] }))}
          value={security}
          onChange={({ currentTarget }) => {
            const next = SECURITIES.find((each) => each === currentTarget.value) ?? "starttls";
            // Whoever has not chosen another port gets the one that goes with it.
            if (form.values.port === PORTS[security]) form.setFieldValue("port", PORTS[next]);
            form.setFieldValue("security", next);
          }}
        />
        <NumberInput
          label={texts.emailPort}
          min={1}
          max={65_535}
          clampBehavior="strict"
          allowDecimal={false}
          hideControls
          required
          withAsterisk={false}
          {...form.getInputProps("port")}
        />
        {text("from", texts.emailFrom)}
        {text("to", texts.emailTo)}
        <TextInput label={texts.emailUser} autoComplete="off" {...form.getInputProps("user")} />
        <PasswordInput
          label={texts.emailPassword}
          description={passwordText(email)}
          inputWrapperOrder={["label", "input", "description", "error"]}
          autoComplete="new-password"
          disabled={email?.password === "environment"}
          {...form.getInputProps("password")}
        />
      </SimpleGrid>
      {security === "none" ? (
        <Text fz="xs" c="dimmed" mb="sm">
          {texts.securityNone}
        </Text>
      ) : null}
      <Group gap="sm">
        <Button type="submit" variant="default" loading={busy}>
          {texts.set}
        </Button>
        {email?.password === "stored" && password === "" ? (
          <Button
            variant="subtle"
            onClick={() => onSave({ email: { ...mailChange(mailFormOf(email), email), password: null } })}
          >
            {texts.forgetPassword}
          </Button>
        ) : null}
        {email === null ? null : (
          <Button variant="subtle" onClick={() => onSave({ email: null })}>
            {common.remove}
          </Button>
        )}
      </Group>
    </form>
  );
}

function passwordText(email: NotificationsJson["email"]): string {
  if (email?.password === "environment") return texts.passwordOfEnvironment;
  return email?.password === "stored" ? texts.passwordStays : texts.passwordNone;
}
