import { Protection } from "../../src/guard/protection.js";
import { FakeLog, target } from "./support/fakes.js";

function make(log = new FakeLog()): Protection {
  const protection = new Protection({
    own: ["192.0.2.1", "2001:db8:0:ff::1"].map(target),
    configured: [target("198.51.100.200")],
    log,
  });
  protection.setTrunks([
    { endpoint: "carrier", targets: ["203.0.113.64/29", "198.51.100.7"].map(target) },
    { endpoint: "spare", targets: [target("2001:db8:c::/48")] },
  ]);
  protection.setNeverBan(["198.51.100.96/28", "192.0.2.1"].map(target));
  return protection;
}

test.each([
  ["127.0.0.1", "127.0.0.0/8 is this machine itself"],
  ["::1", "::/64 is this machine itself"],
  ["0.0.0.0", "0.0.0.0/8 is no sender's address"],
  ["fe80::1", "fe80::/10 is what IPv6 finds its neighbours by"],
  ["192.0.2.1", "192.0.2.1 is the PBX's own"],
  ["2001:db8:0:ff:9::9", "2001:db8:0:ff::/64 is the PBX's own"],
  ["203.0.113.65", "203.0.113.64/29 belongs to the trunk carrier"],
  ["203.0.113.64/30", "203.0.113.64/29 belongs to the trunk carrier"],
  ["203.0.113.0/24", "203.0.113.64/29 belongs to the trunk carrier"],
  ["::ffff:198.51.100.7", "198.51.100.7 belongs to the trunk carrier"],
  ["2001:db8:c:1::/64", "2001:db8:c::/48 belongs to the trunk spare"],
  ["2001:db8::/32", "2001:db8:0:ff::/64 is the PBX's own"],
  ["198.51.100.100", "198.51.100.96/28 is on the never-ban list"],
  ["198.51.100.200", "198.51.100.200 is protected in the config file"],
])("%s is protected: %s", (text, reason) => {
  const protection = make();
  expect(protection.reasonFor(target(text))).toBe(reason);
  expect(protection.isProtected(target(text))).toBe(true);
});

test.each(["0.0.0.0/0", "0.0.0.0/1", "::/0", "::/1", "2001:db8::/32", "198.51.100.0/24", "192.0.2.0/31"])(
  "the network %s holds someone protected",
  (text) => {
    expect(make().isProtected(target(text))).toBe(true);
  },
);

test.each([
  "192.0.2.2",
  "203.0.113.12",
  "203.0.113.72",
  "198.51.100.8",
  "2001:db8:d::/48",
  "2001:db8:0:fe::/64",
  "8.8.8.8",
])("%s is not protected", (text) => {
  expect(make().isProtected(target(text))).toBe(false);
  expect(make().reasonFor(target(text))).toBeNull();
});

test("tells all of them for the kernel, each once", () => {
  const targets = make().targets();
  expect(new Set(targets).size).toBe(targets.length);
  expect([...targets].sort()).toEqual(
    [
      "0.0.0.0/8",
      "127.0.0.0/8",
      "::/64",
      "fe80::/10",
      "192.0.2.1",
      "2001:db8:0:ff::/64",
      "203.0.113.64/29",
      "198.51.100.7",
      "2001:db8:c::/48",
      "198.51.100.96/28",
      "198.51.100.200",
    ].sort(),
  );
});

test("says what came to be protected, and that something went, and nothing where nothing changed", () => {
  const protection = make();
  const told: unknown[] = [];
  const end = protection.onChange((added) => told.push(added));
  const trunk = { endpoint: "carrier", targets: ["198.51.100.7", "198.51.100.9"].map(target) };
  protection.setTrunks([trunk]);
  protection.setTrunks([{ ...trunk }]);
  protection.setNeverBan([]);
  protection.setOwn([target("192.0.2.2")]);
  end();
  protection.setTrunks([]);
  expect(told).toEqual([["198.51.100.9"], [], ["192.0.2.2"]]);
  expect(protection.isProtected(target("198.51.100.7"))).toBe(false);
  expect(protection.isProtected(target("192.0.2.1"))).toBe(false);
});

test.each([
  ["0.0.0.0/0", "8.8.8.8"],
  ["8.0.0.0/7", "8.8.8.8"],
  ["::/0", "2001:db8:9::/64"],
  ["2000::/3", "2001:db8:9::/64"],
])("a trunk that matches %s does not disarm the fence", (wide, stranger) => {
  const log = new FakeLog();
  const protection = make(log);
  protection.setTrunks([{ endpoint: "open", targets: [target(wide), target("198.51.100.7")] }]);
  expect(protection.isProtected(target(stranger))).toBe(false);
  expect(protection.isProtected(target("198.51.100.7"))).toBe(true);
  expect(log.lines).toMatchObject([{ level: "warn", fields: { trunk: "open", target: wide } }]);
});

test("the never-ban list is taken at its word, however wide", () => {
  const protection = make();
  protection.setNeverBan([target("8.0.0.0/7")]);
  expect(protection.reasonFor(target("8.8.8.8"))).toBe("8.0.0.0/7 is on the never-ban list");
});

test("where an admin is signed in is protected until they leave, and listeners are told of it once", () => {
  const protection = make();
  const office = target("203.0.113.200");
  const told: unknown[] = [];
  protection.onChange((added) => told.push(added));
  protection.setAdmins([{ user: "alice", source: office }]);
  protection.setAdmins([
    { user: "alice", source: office },
    { user: "bob", source: office },
  ]);
  expect(protection.reasonFor(office)).toBe("203.0.113.200 is where alice is signed in as an admin");
  expect(protection.isProtected(target("203.0.113.192/28"))).toBe(true);
  protection.setAdmins([]);
  expect(protection.isProtected(office)).toBe(false);
  expect(told).toEqual([[office], []]);
});
