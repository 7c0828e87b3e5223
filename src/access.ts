import { readFileSync } from "node:fs";
import type { Config } from "./config.js";
import { passwordFault } from "./domain/access.js";
import { RingfenceError } from "./domain/error.js";
import { SessionBook } from "./guard/access/sessions.js";
import { TokenBook } from "./guard/access/tokens.js";
import { UserBook } from "./guard/access/users.js";
import type { Intrusion } from "./guard/intrusion.js";
import type { After, Clock, Log, Stop } from "./guard/ports.js";
import type { Protection } from "./guard/protection.js";
import type { AccessServices } from "./http/services.js";
import { secrets as cryptography } from "./secrets.js";
import type { Database } from "./sqlite/database.js";
import { sessionStore } from "./sqlite/session-store.js";
import { tokenStore } from "./sqlite/token-store.js";
import { userStore } from "./sqlite/user-store.js";

export interface AccessParts {
  readonly config: Config["http"];
  readonly db: Database;
  readonly protection: Pick<Protection, "setAdmins">;
  readonly intrusion: Pick<Intrusion, "observe">;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
  readonly started: (stop: Stop) => void;
}

/** Who may use the web UI and the API over TCP. Failed sign-ins are evidence like any other, and admins' addresses are protected
 *  while they are signed in. On the very first start the user `admin` is made. */
export async function buildAccess(parts: AccessParts): Promise<AccessServices> {
  const { config, db, protection, intrusion, clock, after, log, started } = parts;
  const secrets = cryptography();
  const store = userStore(db);
  const sessions = sessionStore(db);
  const users = new UserBook({ store, sessions, secrets, clock, log });
  const sessionBook = new SessionBook({
    store: sessions,
    users: store,
    secrets,
    clock,
    after,
    onAdmins: (live) => protection.setAdmins(live),
  });
  started(sessionBook.start());
  if (config.listen !== null) await makeFirstUser(users, config.firstPasswordFile, log);
  warnOfPlainHttp(config, log);
  return {
    users,
    sessions: sessionBook,
    tokens: new TokenBook({ store: tokenStore(db), secrets, clock, log }),
    failed({ source, user, secure, port }) {
      log.warn("sign-in failed", { user, source });
      intrusion.observe({
        type: "security",
        kind: "invalid-password",
        name: "WebSignInFailed",
        atMs: clock.nowMs(),
        service: "web",
        account: user,
        session: secrets.random(),
        source,
        address: source.replace(/\/64$/, ""),
        port,
        transport: secure ? "tls" : "tcp",
        aclName: null,
        challenge: null,
        response: null,
      });
    },
    signedIn({ source, user }) {
      log.info("signed in", { user, source });
    },
  };
}

async function makeFirstUser(users: UserBook, file: string | null, log: Log): Promise<void> {
  if (users.list().length > 0) return;
  const made = await users.first(file === null ? null : passwordIn(file));
  if (made === null) return;
  if (file !== null) log.info("the first user of the web UI is there", { user: made.user, passwordIn: file });
  // Under a name that the log does not blank: this once it is meant to be read.
  else
    log.warn("sign in to the web UI, and change this password", {
      user: made.user,
      signInWith: made.password,
    });
}

function passwordIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RingfenceError("config", `http.firstPasswordFile can't be read (${why})`, { cause });
  }
  const fault = passwordFault(text, "admin");
  if (fault !== null) throw new RingfenceError("config", `http.firstPasswordFile: ${fault}`);
  return text;
}

function warnOfPlainHttp({ listen, tls, trustedProxies }: Config["http"], log: Log): void {
  if (listen === null || tls !== null || trustedProxies.length > 0) return;
  if (/^127\.|^::1$/.test(listen.host)) return;
  log.warn(
    "the web UI listens without TLS: passwords can be read on their way; set http.tls, or put a proxy in front and name it in http.trustedProxies",
    { host: listen.host },
  );
}
