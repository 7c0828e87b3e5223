import * as contract from "../contract.js";
import { Query as AuditQuery } from "../routes/audit.js";
import { Undo as UndoChange } from "../routes/policy.js";
import { operation, type Operation } from "./operation.js";

/** Who may come in, and what was done by whom. */
export const peopleOperations: readonly Operation[] = [
  operation("nobody", "post", "/session", "Sign in; the answer sets the cookie.", contract.SignedInSchema, {
    body: contract.SignInSchema,
  }),
  operation("read", "get", "/session", "Who one is, and what one may do.", contract.SignedInSchema),
  operation("read", "delete", "/session", "Sign out.", null),
  operation("read", "put", "/account/password", "Change one's own password.", null, {
    body: contract.ChangePasswordSchema,
  }),
  operation("read", "post", "/account/totp", "A secret for a second factor.", contract.TotpSecretSchema),
  operation("read", "put", "/account/totp", "Ask for the second factor from now on.", null, {
    body: contract.TotpCodeSchema,
  }),
  operation("read", "delete", "/account/totp", "Ask for no second factor.", null, {
    body: contract.DropTotpSchema,
  }),
  operation("admin", "get", "/users", "Who may sign in.", contract.UsersSchema),
  operation("admin", "post", "/users", "Let somebody sign in.", contract.UserAfterSchema, {
    body: contract.AddUserSchema,
    status: 201,
  }),
  operation(
    "admin",
    "patch",
    "/users/:name",
    "Change role or password, or drop the second factor.",
    contract.UserAfterSchema,
    {
      body: contract.ChangeUserSchema,
    },
  ),
  operation("admin", "delete", "/users/:name", "Nobody signs in by that name any more.", null),
  operation("admin", "get", "/tokens", "What programs open the API with.", contract.TokensSchema),
  operation("admin", "post", "/tokens", "Make a token; it is told once.", contract.NewTokenSchema, {
    body: contract.AddTokenSchema,
    status: 201,
  }),
  operation("admin", "delete", "/tokens/:id", "The token opens nothing any more.", null),
  operation("read", "get", "/audit", "Who changed what, newest first.", contract.AuditSchema, {
    query: AuditQuery,
  }),
  operation(
    "admin",
    "post",
    "/audit/:id/undo",
    "Take one change of the rules back, unless something newer changed the same.",
    contract.PolicyImportSchema,
    {
      body: UndoChange,
    },
  ),
  operation("admin", "get", "/backup", "A consistent copy of the database.", {
    media: "application/vnd.sqlite3",
  }),
  operation("read", "get", "/api/openapi.json", "This document.", { media: "application/json" }),
  operation("read", "get", "/api/docs", "This document, for people.", { media: "text/html" }),
];
