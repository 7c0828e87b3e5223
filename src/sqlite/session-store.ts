import { z } from "zod";
import type { Session, SessionStore } from "../guard/access/ports.js";
import type { Database } from "./database.js";
import { parseRow, sourceText } from "./row.js";
import { inStore } from "./store-error.js";

export function sessionStore(db: Database): SessionStore {
  const insert = db.prepare(
    `INSERT INTO sessions (id, user, source, started_at_ms, seen_at_ms)
     VALUES (@id, @user, @source, @startedAtMs, @seenAtMs)`,
  );
  const find = db.prepare("SELECT * FROM sessions WHERE id = ?");
  const seen = db.prepare("UPDATE sessions SET source = ?, seen_at_ms = ? WHERE id = ?");
  const end = db.prepare("DELETE FROM sessions WHERE id = ?");
  const endAll = db.prepare("DELETE FROM sessions WHERE user = ? AND id IS NOT ?");
  const drop = db.prepare("DELETE FROM sessions WHERE started_at_ms < ? OR seen_at_ms < ?");
  const admins = db.prepare(
    `SELECT DISTINCT user, source FROM sessions JOIN users ON users.name = sessions.user
     WHERE role = 'admin' AND seen_at_ms >= ? ORDER BY user, source`,
  );
  return {
    add: (session) => inStore("store a session", () => void insert.run(session)),
    find: (id) =>
      inStore("read a session", () => {
        const row = find.get(id);
        return row === undefined ? null : parseSession(row);
      }),
    seen: (id, source, atMs) => inStore("store a session", () => void seen.run(source, atMs, id)),
    end: (id) => inStore("end a session", () => void end.run(id)),
    endAllOf: (user, except) => inStore("end sessions", () => void endAll.run(user, except)),
    dropOlder: (startedMs, seenMs) => inStore("end sessions", () => void drop.run(startedMs, seenMs)),
    liveAdmins: (sinceMs) =>
      inStore("read sessions", () =>
        admins.all(sinceMs).map((row) => parseRow("sessions", "of admins", adminRow, row)),
      ),
  };
}

const adminRow = z.object({ user: z.string(), source: sourceText });

const sessionRow = z.object({
  id: z.string(),
  user: z.string(),
  source: sourceText,
  started_at_ms: z.int(),
  seen_at_ms: z.int(),
});

function parseSession(row: unknown): Session {
  // A row's id would tell what the browser holds to nobody, and still belongs into no message.
  const { started_at_ms, seen_at_ms, ...rest } = parseRow("sessions", "?", sessionRow, row);
  return { ...rest, startedAtMs: started_at_ms, seenAtMs: seen_at_ms };
}
