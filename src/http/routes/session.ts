import express, { Router } from "express";
import { sessionCookie, setSessionCookie } from "../access/cookie.js";
import type { SignInLimits } from "../access/limits.js";
import { paths, type SignedInJson, SignInSchema } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { parsed } from "../parse.js";
import type { Services } from "../services.js";
import { visitorOf } from "../visitor.js";

const BODY_LIMIT = "4kb";
/** Whoever has not signed in has so long to say who they are. */
const BODY_MS = 10_000;

/** Signing in: mounted before any body is read, for whoever asks here has said nothing yet of who they are. */
export function signInRoutes({ access }: Pick<Services, "access">, limits: SignInLimits): Router {
  const { users, sessions } = access;
  const router = Router();

  router.post(paths.session, hurry, express.json({ limit: BODY_LIMIT }), async (request, response) => {
    const { user: name, password, totp } = parsed(SignInSchema, request.body);
    const { source, secure } = visitorOf(request);
    if (source === null) {
      throw new RequestRefused("refused", "On the socket nobody signs in: who reaches it may do everything.");
    }
    const known = users.hasSignedInFrom(name, source);
    const code = totp === undefined || totp.trim() === "" ? null : totp.replaceAll(" ", "");
    const result = await limits.attempt(source, name, known, () => users.signIn(name, password, code));
    if ("failed" in result) {
      if (result.failed === "second") {
        throw new RequestRefused("totp-needed", "Write the six digits that your app shows, too.");
      }
      access.failed({
        source,
        user: users.find(name)?.name ?? null,
        secure,
        port: request.socket.remotePort ?? null,
      });
      throw new RequestRefused(
        "wrong-login",
        result.failed === "code"
          ? "That code is wrong, or was used already: wait for the next one."
          : "The user or the password is wrong.",
      );
    }
    const before = sessionCookie(request);
    if (before !== null) sessions.end(before);
    const secret = sessions.begin(result.user.name, source);
    users.signedIn(result.user.name, source);
    access.signedIn({ source, user: result.user.name });
    setSessionCookie(response, secret, secure);
    const { role, totpSecret, temporary } = result.user;
    const csrf = sessions.csrfOf(secret);
    response.json({
      ...{ user: result.user.name, role, csrf, via: "session", temporary, address: source },
      totp: totpSecret !== null,
    } satisfies SignedInJson);
  });

  return router;
}

const hurry: express.RequestHandler = (request, response, next) => {
  const timer = setTimeout(() => request.destroy(), BODY_MS);
  request.once("end", () => clearTimeout(timer));
  response.once("close", () => clearTimeout(timer));
  next();
};
