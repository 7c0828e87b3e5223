import { writeSync } from "node:fs";
import { DEFAULT_POLICY } from "../../../src/domain/policy.js";
import { banStore } from "../../../src/sqlite/ban-store.js";
import { openDatabase } from "../../../src/sqlite/database.js";
import { policyStore } from "../../../src/sqlite/policy-store.js";
import { newBan, target } from "./bans.js";

/** A process that writes until it is killed, and says on standard output what it has written: a line `ban ID` or `policy VERSION`
 *  after each. Every target is banned again and again, so that each write changes several rows. */
const db = openDatabase(process.argv[2] ?? "");
const bans = banStore(db);
const policies = policyStore(db);
let policy = policies.load();

for (let n = 0; ; n++) {
  const { id } = bans.add(
    newBan({ target: target(`203.0.113.${n % 4}`), trigger: "by-hand", note: String(n) }),
  );
  writeSync(1, `ban ${id}\n`);
  if (n % 10 !== 0) continue;
  const extensions = { [String(n)]: { openAreas: DEFAULT_POLICY.calling.openAreas, capMicrosPerMinute: n } };
  policy = policies.save({ ...policy, extensions }, "writer", n, `change ${n}`);
  writeSync(1, `policy ${policy.version}\n`);
}
