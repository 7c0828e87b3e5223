import { type Request, type Response, Router } from "express";
import { roleWith } from "../../domain/access.js";
import { type Caller, whoAsks } from "../access/caller.js";
import { setSessionCookie } from "../access/cookie.js";
import type { SignInLimits } from "../access/limits.js";
import {
  ChangePasswordSchema,
  DropTotpSchema,
  paths,
  type SignedInJson,
  TotpCodeSchema,
  type TotpSecretJson,
} from "../contract.js";
import { RequestRefused } from "../errors.js";
import { done, parsed } from "../parse.js";
import type { Services } from "../services.js";
import { visitorOf } from "../visitor.js";

/** What is asked of who has signed in, and what they change of their own. */
export function accountRoutes({ access }: Pick<Services, "access">, limits: SignInLimits): Router {
  const { users, sessions } = access;
  const router = Router();
  router.get(paths.session, (request, response) => {
    const caller = whoAsks(request);
    const { session } = caller;
    response.json({
      user: caller.name,
      role: roleWith(caller.right),
      csrf: session === null ? null : sessions.csrfOf(session.secret),
      via: caller.via,
      totp: session?.user.totpSecret != null,
      temporary: session?.user.temporary ?? false,
      address: visitorOf(request).source,
    } satisfies SignedInJson);
  });

  router.delete(paths.session, (request, response) => {
    const { session } = whoAsks(request);
    if (session !== null) sessions.end(session.secret);
    setSessionCookie(response, null, visitorOf(request).secure);
    response.status(204).end();
  });

  /** A stolen session must not guess the password either. */
  const guarded = <T extends object | null>(request: Request, caller: Caller, work: () => Promise<T>) => {
    const { source } = visitorOf(request);
    const attempt = async () => (await work()) ?? ({} as Record<string, never>);
    return source === null ? attempt() : limits.attempt(source, caller.name, true, attempt);
  };
  const finish = (response: Response, result: object): void => {
    if ("failed" in result) throw new RequestRefused("wrong-login", "The password as it is now is wrong.");
    done(result);
    response.status(204).end();
  };

  router.put(paths.accountPassword, async (request, response) => {
    const caller = ownOnly(request);
    const { current, next } = parsed(ChangePasswordSchema, request.body);
    const { by, name, session } = caller;
    const change = () => users.changePassword(name, current, next, session?.session.id ?? null, by);
    finish(response, await guarded(request, caller, change));
  });
  router.post(paths.accountTotp, (request, response) => {
    response.json(done(users.beginTotp(ownOnly(request).name)) satisfies TotpSecretJson);
  });
  router.put(paths.accountTotp, (request, response) => {
    const { name, by } = ownOnly(request);
    const { code } = parsed(TotpCodeSchema, request.body);
    const refused = users.confirmTotp(name, code.replaceAll(" ", ""), by);
    if (refused !== null) done(refused);
    response.status(204).end();
  });
  router.delete(paths.accountTotp, async (request, response) => {
    const caller = ownOnly(request);
    const { password } = parsed(DropTotpSchema, request.body);
    const { name, by } = caller;
    finish(response, await guarded(request, caller, () => users.dropTotp(name, password, by)));
  });
  return router;
}

function ownOnly(request: Request): Caller {
  const caller = whoAsks(request);
  if (caller.via === "session") return caller;
  throw new RequestRefused(
    "refused",
    "Tokens and the socket have no account of their own: sign in, or use `ringfence users`.",
  );
}
