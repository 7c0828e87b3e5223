import { z } from "zod";
import type { Right } from "../domain/access.js";
import type { Token, TokenStore } from "../guard/access/ports.js";
import { auditWriter } from "./audit.js";
import { type Database, durably } from "./database.js";
import { idOf, oneOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

const COLUMNS = "id, name, scope, created_at_ms, created_by, expires_at_ms, used_at_ms";

export function tokenStore(db: Database): TokenStore {
  const all = db.prepare(`SELECT ${COLUMNS} FROM tokens ORDER BY id`);
  const byFingerprint = db.prepare(`SELECT ${COLUMNS} FROM tokens WHERE fingerprint = ?`);
  const byName = db.prepare(`SELECT ${COLUMNS} FROM tokens WHERE name = ?`);
  const insert = db
    .prepare(
      `INSERT INTO tokens (name, fingerprint, scope, created_at_ms, created_by, expires_at_ms)
       VALUES (@name, @fingerprint, @scope, @createdAtMs, @createdBy, @expiresAtMs) RETURNING id`,
    )
    .pluck();
  const used = db.prepare("UPDATE tokens SET used_at_ms = ? WHERE id = ?");
  const remove = db.prepare(`DELETE FROM tokens WHERE id = ? RETURNING ${COLUMNS}`);
  const audit = auditWriter(db);
  const one = (row: unknown): Token | null => (row === undefined ? null : parseToken(row));

  return {
    all: () => inStore("read the tokens", () => all.all().map(parseToken)),
    find: (fingerprint) => inStore("read a token", () => one(byFingerprint.get(fingerprint))),
    named: (name) => inStore("read a token", () => one(byName.get(name))),
    add: (token, fingerprint) =>
      inStore("store a token", () =>
        durably(db, () => {
          const id = Number(insert.get({ ...token, fingerprint }));
          const { name, createdAtMs: atMs, createdBy: by, scope, expiresAtMs } = token;
          const after = { scope, expiresAtMs };
          audit({ subject: `token ${name}`, atMs, by, change: "added", before: null, after });
          return { ...token, id, usedAtMs: null };
        }),
      ),
    used: (id, atMs) => inStore("store a token's use", () => void used.run(atMs, id)),
    revoke: (id, atMs, by) =>
      inStore("revoke a token", () =>
        durably(db, () => {
          const token = one(remove.get(id));
          if (token === null) return null;
          const before = { scope: token.scope, expiresAtMs: token.expiresAtMs };
          audit({ subject: `token ${token.name}`, atMs, by, change: "revoked", before, after: null });
          return token;
        }),
      ),
  };
}

const tokenRow = z.object({
  id: z.int(),
  name: z.string(),
  scope: oneOf<Right>({ read: true, operate: true, admin: true }),
  created_at_ms: z.int(),
  created_by: z.string(),
  expires_at_ms: z.nullable(z.int()),
  used_at_ms: z.nullable(z.int()),
});

function parseToken(row: unknown): Token {
  const { created_at_ms, created_by, expires_at_ms, used_at_ms, ...rest } = parseRow(
    "tokens",
    idOf(row),
    tokenRow,
    row,
  );
  return {
    ...rest,
    createdAtMs: created_at_ms,
    createdBy: created_by,
    expiresAtMs: expires_at_ms,
    usedAtMs: used_at_ms,
  };
}
