import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SessionBook } from "../../../src/guard/access/sessions.js";
import { TokenBook } from "../../../src/guard/access/tokens.js";
import { UserBook } from "../../../src/guard/access/users.js";
import type { Clock, Log } from "../../../src/guard/ports.js";
import type { AccessServices } from "../../../src/http/services.js";
import { secrets as cryptography } from "../../../src/secrets.js";
import { type Database, openDatabase } from "../../../src/sqlite/database.js";
import { sessionStore } from "../../../src/sqlite/session-store.js";
import { tokenStore } from "../../../src/sqlite/token-store.js";
import { userStore } from "../../../src/sqlite/user-store.js";

export interface TestAccess extends AccessServices {
  readonly failures: Parameters<AccessServices["failed"]>[0][];
  /** Where admins were last said to be. */
  admins: readonly { readonly user: string; readonly source: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "ringfence-access-"));
// Not at the end of the process: a worker of the tests is ended without one.
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** A copy of one with all its tables: to migrate it anew for each test takes long. */
function freshDatabase(): Database {
  const template = join(folder, "template.db");
  if (!existsSync(template)) openDatabase(template).close();
  const file = join(folder, `${made++}.db`);
  copyFileSync(template, file);
  return openDatabase(file);
}

/** The real books on a real database, which goes with the test file. */
export function testAccess(clock: Clock, log: Log): TestAccess {
  const db = freshDatabase();
  const secrets = cryptography();
  const [users, sessions, tokens] = [userStore(db), sessionStore(db), tokenStore(db)];
  const failures: Parameters<AccessServices["failed"]>[0][] = [];
  const access: TestAccess = {
    failures,
    admins: [],
    users: new UserBook({ store: users, sessions, secrets, clock, log }),
    sessions: new SessionBook({
      store: sessions,
      users,
      secrets,
      clock,
      after: () => () => undefined,
      onAdmins: (live) => (access.admins = live),
    }),
    tokens: new TokenBook({ store: tokens, secrets, clock, log }),
    failed: (attempt) => void failures.push(attempt),
    signedIn: () => undefined,
  };
  return access;
}
