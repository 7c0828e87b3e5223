import { type Request, Router } from "express";
import { passwordFault } from "../../domain/access.js";
import type { Token, User } from "../../guard/access/ports.js";
import {
  AddTokenSchema,
  AddUserSchema,
  ChangeUserSchema,
  type NewTokenJson,
  paths,
  type TokenJson,
  type TokensJson,
  type UserAfterJson,
  type UserJson,
  type UsersJson,
} from "../contract.js";
import { RequestRefused } from "../errors.js";
import { timeJson, timeOrNull } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";

const ONE = "/api/v1/users/:name";

/** Whoever may sign in, and the tokens of programs. */
export function userRoutes({ access }: Pick<Services, "access">): Router {
  const { users, tokens } = access;
  const router = Router();
  router.get(paths.users, (_request, response) => {
    response.json({ users: users.list().map(userJson) } satisfies UsersJson);
  });
  router.post(paths.users, async (request, response) => {
    const { name, role, password = null } = parsed(AddUserSchema, request.body);
    const added = done(await users.add(name, role, password, callerOf(request)));
    response.status(201).json({ ...userJson(added.user), password: added.password } satisfies UserAfterJson);
  });
  router.patch(ONE, async (request: Request<{ name: string }>, response) => {
    const { role, password, totp } = parsed(ChangeUserSchema, request.body);
    const { name } = request.params;
    const by = callerOf(request);
    // Before anything is done, so that nothing is half done.
    const fault = typeof password === "string" ? passwordFault(password, name) : null;
    if (fault !== null) throw new RequestRefused("refused", fault);
    if (role !== undefined) done(users.setRole(name, role, by));
    const made = password === undefined ? null : done(await users.resetPassword(name, password, by)).password;
    if (totp === false) {
      const refused = users.resetTotp(name, by);
      if (refused !== null) done(refused);
    }
    const user = users.find(name);
    if (user === null) throw new RequestRefused("not-found", "There is no user of that name.");
    response.json({ ...userJson(user), password: made } satisfies UserAfterJson);
  });
  router.delete(ONE, (request: Request<{ name: string }>, response) => {
    const refused = users.remove(request.params.name, callerOf(request));
    if (refused !== null) done(refused);
    response.status(204).end();
  });

  router.get(paths.tokens, (_request, response) => {
    response.json({ tokens: tokens.list().map(tokenJson) } satisfies TokensJson);
  });
  router.post(paths.tokens, (request, response) => {
    const { name, scope, expires } = parsed(AddTokenSchema, request.body);
    const expiresAtMs = expires === undefined ? null : Date.parse(expires);
    const { token, secret } = done(tokens.add(name, scope, expiresAtMs, callerOf(request)));
    response.status(201).json({ ...tokenJson(token), token: secret } satisfies NewTokenJson);
  });
  router.delete("/api/v1/tokens/:id", (request, response) => {
    const id = /^\d{1,15}$/.test(request.params.id) ? Number(request.params.id) : -1;
    done(tokens.revoke(id, callerOf(request)));
    response.status(204).end();
  });
  return router;
}

function userJson(user: User): UserJson {
  const { name, role, totpSecret, temporary, createdAtMs, createdBy, signedInAtMs } = user;
  return {
    ...{ name, role, totp: totpSecret !== null, temporary, createdBy },
    createdAt: timeJson(createdAtMs),
    signedInAt: timeOrNull(signedInAtMs),
  };
}

function tokenJson({ id, name, scope, createdAtMs, createdBy, expiresAtMs, usedAtMs }: Token): TokenJson {
  return {
    ...{ id, name, scope, createdBy },
    createdAt: timeJson(createdAtMs),
    expires: timeOrNull(expiresAtMs),
    usedAt: timeOrNull(usedAtMs),
  };
}
