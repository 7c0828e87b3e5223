import { sourceOf } from "../../src/domain/address.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { pinStore } from "../../src/sqlite/pin-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

test("keeps PINs, when they were used, and who set them in the audit, without their hashes", () => {
  const db = tempDatabase();
  const store = pinStore(db);
  expect(store.of("104")).toBeNull();
  const pin = { extension: "104", hash: "$argon2id$secret", setAtMs: 1_000, setBy: "cli:root" };
  expect(store.set(pin)).toEqual({ ...pin, usedAtMs: null });
  store.used("104", 2_000);
  expect(store.list()).toEqual([{ ...pin, usedAtMs: 2_000 }]);
  store.set({ ...pin, hash: "$argon2id$other", setAtMs: 3_000, setBy: "admin" });
  expect(store.of("104")).toEqual({
    ...pin,
    hash: "$argon2id$other",
    setAtMs: 3_000,
    setBy: "admin",
    usedAtMs: null,
  });
  expect(store.remove("104", 4_000, "admin")).toBe(true);
  expect(store.remove("104", 4_000, "admin")).toBe(false);
  const audit = auditStore(db).recent(10);
  expect(audit.map(({ subject, change, by }) => `${subject} ${change} by ${by}`)).toEqual([
    "pin 104 removed by admin",
    "pin 104 changed by admin",
    "pin 104 set by cli:root",
  ]);
  expect(JSON.stringify(audit)).not.toContain("argon2id");
});

test("keeps who let themselves in for a day", () => {
  const store = pinStore(tempDatabase());
  const [here, there] = [sourceOf("203.0.113.12")!, sourceOf("2001:db8::1")!];
  store.lifted({ extension: "104", source: here, atMs: 1_000 });
  store.lifted({ extension: "105", source: there, atMs: 2_000 });
  store.lifted({ extension: "104", source: there, atMs: 3_000 });
  expect(store.lifts({ extension: "104", source: here }, 0).map(({ atMs }) => atMs)).toEqual([3_000, 1_000]);
  expect(store.lifts({ extension: "109", source: there }, 2_000).map(({ atMs }) => atMs)).toEqual([3_000]);
  store.lifted({ extension: "106", source: here, atMs: 3 * 86_400_000 });
  expect(store.lifts({ extension: "104", source: there }, 0)).toEqual([]);
});
