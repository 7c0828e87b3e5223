import * as contract from "../contract.js";
import { Query as AuditQuery } from "../routes/audit.js";
import { admin, nobody, read, type Operation } from "./operation.js";

/** Who may come in, and what was done by whom. */
export const peopleOperations: readonly Operation[] = [
  nobody.post("/session", "Sign in; the answer sets the cookie.", contract.SignedInSchema, {
    body: contract.SignInSchema,
  }),
  read.get("/session", "Who one is, and what one may do.", contract.SignedInSchema),
  read.delete("/session", "Sign out.", null),
  read.put("/account/password", "Change one's own password.", null, {
    body: contract.ChangePasswordSchema,
  }),
  read.post("/account/totp", "A secret for a second factor.", contract.TotpSecretSchema),
  read.put("/account/totp", "Ask for the second factor from now on.", null, {
    body: contract.TotpCodeSchema,
  }),
  read.delete("/account/totp", "Ask for no second factor.", null, {
    body: contract.DropTotpSchema,
  }),
  admin.get("/users", "Who may sign in.", contract.UsersSchema),
  admin.post("/users", "Let somebody sign in.", contract.UserAfterSchema, {
    body: contract.AddUserSchema,
    status: 201,
  }),
  admin.patch(
    "/users/:name",
    "Change role or password, or drop the second factor.",
    contract.UserAfterSchema,
    {
      body: contract.ChangeUserSchema,
    },
  ),
  admin.delete("/users/:name", "Nobody signs in by that name any more.", null),
  admin.get("/tokens", "What programs open the API with.", contract.TokensSchema),
  admin.post("/tokens", "Make a token; it is told once.", contract.NewTokenSchema, {
    body: contract.AddTokenSchema,
    status: 201,
  }),
  admin.delete("/tokens/:id", "The token opens nothing any more.", null),
  read.get("/audit", "Who changed what, newest first.", contract.AuditSchema, {
    query: AuditQuery,
  }),
  admin.post(
    "/audit/:id/undo",
    "Take one change of the rules back, unless something newer changed the same.",
    contract.PolicyImportSchema,
    {
      body: contract.UndoPolicySchema,
    },
  ),
  admin.get("/backup", "A consistent copy of the database.", {
    media: "application/vnd.sqlite3",
  }),
  read.get("/api/openapi.json", "This document.", { media: "application/json" }),
  read.get("/api/docs", "This document, for people.", { media: "text/html" }),
];
