import { z } from "zod";
import { time } from "./common.js";

export const RoleSchema = z
  .enum(["viewer", "operator", "admin"], "one of viewer, operator, admin")
  .describe("`viewer` looks; `operator` also shuts out and lets in; `admin` may do everything.");
export const ScopeOfTokenSchema = z
  .enum(["read", "operate", "admin"], "one of read, operate, admin")
  .describe("The rights of a viewer, an operator, an admin.");

export const SignInSchema = z.strictObject({
  user: z.string().max(100),
  password: z.string().max(1_000),
  totp: z.string().max(20).optional().describe("The six digits of the second factor, where one is set up."),
});
export type SignInJson = z.infer<typeof SignInSchema>;

export const SignedInSchema = z.strictObject({
  user: z.string(),
  role: RoleSchema,
  csrf: z
    .string()
    .nullable()
    .describe("To be sent as `Ringfence-CSRF` with all but GET; null where there is no cookie."),
  via: z.enum(["session", "token", "socket"]),
  totp: z.boolean().describe("Whether a second factor is set up."),
  temporary: z.boolean().describe("The password was made by the daemon: it should be changed."),
  address: z.string().nullable().describe("Where the request comes from; null on the socket."),
});
export type SignedInJson = z.infer<typeof SignedInSchema>;

export const UserSchema = z.strictObject({
  name: z.string(),
  role: RoleSchema,
  totp: z.boolean(),
  temporary: z.boolean(),
  createdAt: time,
  createdBy: z.string(),
  signedInAt: time.nullable(),
});
export type UserJson = z.infer<typeof UserSchema>;

export const UsersSchema = z.strictObject({ users: z.array(UserSchema).readonly() });
export type UsersJson = z.infer<typeof UsersSchema>;

const password = z.string().max(1_000);

export const AddUserSchema = z.strictObject({
  name: z.string().max(100),
  role: RoleSchema,
  password: password.optional().describe("Left out: one is made."),
});
export type AddUserJson = z.infer<typeof AddUserSchema>;

export const ChangeUserSchema = z
  .strictObject({
    role: RoleSchema.optional(),
    password: password.nullable().optional().describe("Null: one is made."),
    totp: z.literal(false).optional().describe("Takes the second factor away."),
  })
  .refine((change) => Object.keys(change).length > 0, "name what is to change: role, password or totp");
export type ChangeUserJson = z.infer<typeof ChangeUserSchema>;

export const UserAfterSchema = UserSchema.extend({
  password: z.string().nullable().describe("The one that was made, told this once; null: none was made."),
});
export type UserAfterJson = z.infer<typeof UserAfterSchema>;

export const ChangePasswordSchema = z.strictObject({ current: password, next: password });
export type ChangePasswordJson = z.infer<typeof ChangePasswordSchema>;

export const TotpSecretSchema = z.strictObject({
  secret: z.string().describe("Base 32."),
  uri: z.string().describe("`otpauth://…`, for a QR code."),
});
export type TotpSecretJson = z.infer<typeof TotpSecretSchema>;

export const TotpCodeSchema = z.strictObject({ code: z.string().max(20) });
export type TotpCodeJson = z.infer<typeof TotpCodeSchema>;

export const DropTotpSchema = z.strictObject({ password });
export type DropTotpJson = z.infer<typeof DropTotpSchema>;

export const TokenSchema = z.strictObject({
  id: z.number(),
  name: z.string(),
  scope: ScopeOfTokenSchema,
  createdAt: time,
  createdBy: z.string(),
  expires: time.nullable().describe("Null: until it is revoked."),
  usedAt: time.nullable(),
});
export type TokenJson = z.infer<typeof TokenSchema>;

export const TokensSchema = z.strictObject({ tokens: z.array(TokenSchema).readonly() });
export type TokensJson = z.infer<typeof TokensSchema>;

export const AddTokenSchema = z.strictObject({
  name: z.string().max(100),
  scope: ScopeOfTokenSchema,
  expires: z.iso
    .datetime({ offset: true, error: "a time such as 2026-12-31T00:00:00Z" })
    .optional()
    .describe("Left out: until it is revoked."),
});
export type AddTokenJson = z.infer<typeof AddTokenSchema>;

export const NewTokenSchema = TokenSchema.extend({
  token: z.string().describe("Told this once: `Authorization: Bearer rf_…`."),
});
export type NewTokenJson = z.infer<typeof NewTokenSchema>;
