import { z } from "zod";
import type { RegistrationStore } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

/** Where the phones that are registered signed in from, for a daemon that starts while they are. */
export function registrationStore(db: Database): RegistrationStore {
  const all = db.prepare("SELECT account, session, address, first_at_ms, last_at_ms FROM registrations");
  const clear = db.prepare("DELETE FROM registrations");
  const add = db.prepare(
    "INSERT INTO registrations (account, session, address, first_at_ms, last_at_ms) VALUES (?, ?, ?, ?, ?)",
  );
  const replace = db.transaction((rows: Parameters<RegistrationStore["replace"]>[0]) => {
    clear.run();
    for (const { account, session, address, firstAtMs, lastAtMs } of rows) {
      add.run(account, session, address, firstAtMs, lastAtMs);
    }
  });
  return {
    load: () =>
      inStore("read the registrations", () =>
        all.all().map((raw) => {
          const read = parseRow("registrations", idOf(raw, "account"), row, raw);
          const { account, session, address, first_at_ms: firstAtMs, last_at_ms: lastAtMs } = read;
          return { account, session, address, firstAtMs, lastAtMs };
        }),
      ),
    replace: (rows) => inStore("store the registrations", () => replace(rows)),
  };
}

const row = z.object({
  account: z.string(),
  session: z.string(),
  address: z.string(),
  first_at_ms: z.int(),
  last_at_ms: z.int(),
});
