import { z } from "zod";
import type { Role } from "../domain/access.js";
import type { User, UserStore } from "../guard/access/ports.js";
import { auditWriter } from "./audit.js";
import { type Database, durably } from "./database.js";
import { idOf, oneOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

const role = oneOf<Role>({ viewer: true, operator: true, admin: true });
/** Of one user; the oldest go. */
const SOURCES_KEPT = 200;

/** People who may sign in. The audit tells of changes, never of secrets. */
export function userStore(db: Database): UserStore {
  const all = db.prepare("SELECT * FROM users ORDER BY name");
  const find = db.prepare("SELECT * FROM users WHERE name = ?");
  const insert = db.prepare(
    `INSERT INTO users (name, role, password_hash, temporary, created_at_ms, created_by)
     VALUES (@name, @role, @passwordHash, @temporary, @createdAtMs, @createdBy)`,
  );
  const setRole = db.prepare("UPDATE users SET role = @role WHERE name = @name");
  const setPassword = db.prepare(
    "UPDATE users SET password_hash = @hash, temporary = @temporary WHERE name = @name",
  );
  const setTotp = db.prepare(
    "UPDATE users SET totp_secret = @secret, totp_pending = NULL, totp_step = @step WHERE name = @name",
  );
  const setPending = db.prepare("UPDATE users SET totp_pending = ? WHERE name = ?");
  const takeStep = db.prepare("UPDATE users SET totp_step = @step WHERE name = @name AND totp_step < @step");
  const remove = db.prepare("DELETE FROM users WHERE name = ?");
  const setSignedIn = db.prepare("UPDATE users SET signed_in_at_ms = @atMs WHERE name = @name");
  const putSource = db.prepare(
    `INSERT INTO sign_ins (user, source, last_at_ms) VALUES (@name, @source, @atMs)
     ON CONFLICT (user, source) DO UPDATE SET last_at_ms = excluded.last_at_ms`,
  );
  const trimSources = db.prepare(
    `DELETE FROM sign_ins WHERE user = @name AND source NOT IN
       (SELECT source FROM sign_ins WHERE user = @name ORDER BY last_at_ms DESC LIMIT ${SOURCES_KEPT})`,
  );
  const wasThere = db
    .prepare("SELECT 1 FROM sign_ins WHERE user = ? AND source = ? AND last_at_ms >= ?")
    .pluck();
  const audit = auditWriter(db);
  const one = (name: string): User | null => {
    const row = find.get(name);
    return row === undefined ? null : parseUser(row);
  };
  const write = (doing: string, work: () => void) => inStore(doing, () => durably(db, work));
  const about = (name: string, atMs: number, by: string) => ({ subject: `user ${name}`, atMs, by });

  return {
    all: () => inStore("read the users", () => all.all().map(parseUser)),
    find: (name) => inStore("read a user", () => one(name)),
    add: (user, by) =>
      write("store a user", () => {
        insert.run({ ...user, temporary: user.temporary ? 1 : 0 });
        const after = { role: user.role };
        audit({ ...about(user.name, user.createdAtMs, by), change: "added", before: null, after });
      }),
    setRole: (name, to, atMs, by) =>
      write("store a role", () => {
        const before = { role: one(name)?.role ?? null };
        setRole.run({ name, role: to });
        audit({ ...about(name, atMs, by), change: "given another role", before, after: { role: to } });
      }),
    setPassword: (name, hash, temporary, atMs, by) =>
      write("store a password", () => {
        setPassword.run({ name, hash, temporary: temporary ? 1 : 0 });
        audit({ ...about(name, atMs, by), change: "given another password", before: null, after: null });
      }),
    setTotp: (name, secret, step, atMs, by) =>
      write("store a second factor", () => {
        const before = { totp: one(name)?.totpSecret != null };
        setTotp.run({ name, secret, step });
        const after = { totp: secret !== null };
        audit({ ...about(name, atMs, by), change: "second factor", before, after });
      }),
    setTotpPending: (name, secret) =>
      inStore("store a second factor", () => void setPending.run(secret, name)),
    takeTotpStep: (name, step) => inStore("take a code", () => takeStep.run({ name, step }).changes === 1),
    remove: (name, atMs, by) =>
      write("remove a user", () => {
        const before = { role: one(name)?.role ?? null };
        remove.run(name);
        audit({ ...about(name, atMs, by), change: "removed", before, after: null });
      }),
    signedIn: (name, source, atMs) =>
      inStore("store a sign-in", () =>
        db.transaction(() => {
          setSignedIn.run({ name, atMs });
          putSource.run({ name, source, atMs });
          trimSources.run({ name });
        })(),
      ),
    hasSignedInFrom: (name, source, sinceMs) =>
      inStore("read sign-ins", () => wasThere.get(name, source, sinceMs) !== undefined),
  };
}

const userRow: z.ZodType<User> = z
  .object({
    name: z.string(),
    role,
    password_hash: z.string(),
    temporary: z.int(),
    totp_secret: z.nullable(z.string()),
    totp_pending: z.nullable(z.string()),
    totp_step: z.int(),
    created_at_ms: z.int(),
    created_by: z.string(),
    signed_in_at_ms: z.nullable(z.int()),
  })
  .transform((row) => ({
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash,
    temporary: row.temporary === 1,
    totpSecret: row.totp_secret,
    totpPending: row.totp_pending,
    totpStep: row.totp_step,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    signedInAtMs: row.signed_in_at_ms,
  }));

function parseUser(row: unknown): User {
  return parseRow("users", idOf(row, "name"), userRow, row);
}
