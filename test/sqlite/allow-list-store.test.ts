import type { AllowList } from "../../src/domain/registration/allow-list.js";
import { withAllowList } from "../../src/guard/rule-edits.js";
import { allowListHistory } from "../../src/sqlite/allow-list-history.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { policyStore } from "../../src/sqlite/policy-store.js";
import { registrationStore } from "../../src/sqlite/registration-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

const list = (text: string): AllowList => ({
  on: true,
  entries: [{ text, note: "hotel", untilMs: 1_800_000_000_000 }],
});

test("lists are stored as they were written, each with the one before it and an audit row", () => {
  const db = tempDatabase();
  const store = policyStore(db);
  const history = allowListHistory(db);
  expect(history.before(null)).toBeNull();
  const put = (extension: string | null, next: AllowList | null) =>
    store.save(withAllowList(store.load(), extension, next), "cli:root", 1, "allow-list");
  put(null, list("195.168.1.0/255.255.255.0"));
  put("104", list("195.168.1.1-195.168.1.100"));
  put("104", list("2001:db8::/48"));
  expect(policyStore(db).load()).toMatchObject({
    registration: { allowList: list("195.168.1.0/255.255.255.0"), runningCalls: "keep" },
    extensions: { "104": { allowList: list("2001:db8::/48") } },
  });
  expect(history.before(null)).toEqual({ list: { on: false, entries: [] } });
  expect(history.before("104")).toEqual({ list: list("195.168.1.1-195.168.1.100") });
  put("104", null);
  expect(store.load().extensions).toEqual({});
  expect(history.before("104")).toEqual({ list: list("2001:db8::/48") });
  expect(auditStore(db).recent(1)[0]).toMatchObject({ by: "cli:root", subject: "policy" });
  db.close();
});

test("registrations: the new ones take the place of all before", () => {
  const db = tempDatabase();
  const store = registrationStore(db);
  const seen = { account: "1", session: "x'\n", address: "2001:db8::1", firstAtMs: 1, lastAtMs: 2 };
  store.replace([seen, { ...seen, account: "2" }]);
  store.replace([seen]);
  expect(store.load()).toEqual([seen]);
  db.close();
});
