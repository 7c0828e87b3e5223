import { z } from "zod";
import type { Trunk, TrunkStore } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, jsonText, parseRow, targetText } from "./row.js";
import { inStore } from "./store-error.js";

/** The trunks that Asterisk last named. */
export function trunkStore(db: Database): TrunkStore {
  const all = db.prepare("SELECT endpoint, targets FROM trunks ORDER BY endpoint");
  const clear = db.prepare("DELETE FROM trunks");
  const insert = db.prepare("INSERT INTO trunks (endpoint, targets) VALUES (?, ?)");
  const replace = db.transaction((trunks: readonly Trunk[]) => {
    clear.run();
    for (const { endpoint, targets } of trunks) insert.run(endpoint, JSON.stringify(targets));
  });
  return {
    load: () =>
      inStore("read the trunks", () =>
        all.all().map((row) => parseRow("trunks", idOf(row, "endpoint"), trunkRow, row)),
      ),
    save: (trunks) => inStore("store the trunks", () => replace.immediate(trunks)),
  };
}

const trunkRow = z.object({ endpoint: z.string(), targets: jsonText(z.array(targetText)) });
