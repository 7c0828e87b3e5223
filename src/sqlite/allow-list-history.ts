import { z } from "zod";
import type { AllowList } from "../domain/registration/allow-list.js";
import type { Policy } from "../domain/policy.js";
import type { AllowListHistory } from "../guard/ports.js";
import type { Database } from "./database.js";
import { allowList } from "./policy-rows.js";
import { jsonText, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

/** What `undo` brings back. */
export function allowListHistory(db: Database): AllowListHistory {
  const before = db.prepare("SELECT list FROM allow_lists_before WHERE extension = ?");
  return {
    before: (extension) =>
      inStore("read the allow-list before", () => {
        const raw = before.get(extension ?? GLOBAL);
        return raw === undefined ? null : parseRow("allow_lists_before", extension ?? GLOBAL, row, raw);
      }),
  };
}

/** Keeps each list that a change of the policy replaces; runs in the transaction of the change. */
export function allowListKeeper(db: Database): (before: Policy, after: Policy) => void {
  const keep = db.prepare(
    "INSERT INTO allow_lists_before (extension, list) VALUES (?, ?) ON CONFLICT (extension) DO UPDATE SET list = excluded.list",
  );
  const compare = (extension: string, was: AllowList | undefined, is: AllowList | undefined): void => {
    if (was === is) return;
    const [wasJson, isJson] = [jsonOf(was), jsonOf(is)];
    if (wasJson !== isJson) keep.run(extension, wasJson);
  };
  return (before, after) => {
    compare(GLOBAL, before.registration.allowList, after.registration.allowList);
    if (before.extensions === after.extensions) return;
    const [was, is] = [new Map(Object.entries(before.extensions)), new Map(Object.entries(after.extensions))];
    for (const extension of new Set([...was.keys(), ...is.keys()])) {
      compare(extension, was.get(extension)?.allowList, is.get(extension)?.allowList);
    }
  };
}

/** No extension has an empty name. */
const GLOBAL = "";

const row = z.object({ list: z.nullable(jsonText(allowList)) });

function jsonOf(list: AllowList | undefined): string | null {
  return list === undefined ? null : JSON.stringify(list);
}
