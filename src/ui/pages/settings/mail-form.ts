import type { NotificationsJson, SetNotificationsJson } from "../../../http/contract.js";

type Email = NonNullable<NotificationsJson["email"]>;
type SetEmail = NonNullable<SetNotificationsJson["email"]>;

export const SECURITIES = ["starttls", "tls", "none"] as const;
type Security = (typeof SECURITIES)[number];

/** The usual ports of mail submission (RFC 8314) and of relays. */
export const PORTS: Readonly<Record<Security, number>> = { starttls: 587, tls: 465, none: 25 };

/** Settings of mail as their fields have them. */
export interface MailForm {
  readonly host: string;
  /** Text while the field is empty. */
  readonly port: number | string;
  readonly security: Security;
  readonly user: string;
  /** Empty: it stays as it is. */
  readonly password: string;
  readonly from: string;
  /** Separated by commas. */
  readonly to: string;
}

export const BLANK_MAIL: MailForm = {
  ...{ host: "", port: PORTS.starttls, security: "starttls", user: "", password: "", from: "", to: "" },
};

export function mailFormOf({ host, port, security, user, from, to }: Email): MailForm {
  return { host, port, security, user: user ?? "", password: "", from, to: to.join(", ") };
}

/** What is sent: also what the form has no field for, since what is left out may be taken for its default. */
export function mailChange(form: MailForm, stored: Email | null): SetEmail {
  const { host, port, security, user, password, from, to } = form;
  return {
    host: host.trim(),
    port: Number(port),
    security,
    user: user.trim() === "" ? null : user.trim(),
    ...(password === "" ? {} : { password }),
    from: from.trim(),
    to: to
      .split(",")
      .map((address) => address.trim())
      .filter((address) => address !== ""),
    ca: stored?.ca ?? null,
  };
}
