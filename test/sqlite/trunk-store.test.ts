import { trunkStore } from "../../src/sqlite/trunk-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";
import { target } from "../target.js";

afterEach(clearTemp);

test("gives back what was last saved, and only that", () => {
  const trunks = trunkStore(tempDatabase());
  expect(trunks.load()).toEqual([]);
  trunks.save([{ endpoint: "old", targets: [target("192.0.2.30")] }]);
  const now = [
    {
      endpoint: "carrier",
      targets: [target("192.0.2.20"), target("2001:db8:0:2::/64"), target("203.0.113.0/24")],
    },
    { endpoint: "unresolved'; --", targets: [] },
  ];
  trunks.save(now);
  expect(trunks.load()).toEqual(now);
});

test("a target that is none is named, not believed", () => {
  const db = tempDatabase();
  db.prepare("INSERT INTO trunks VALUES ('carrier', '[\"192.0.2.20/33\"]')").run();
  expect(() => trunkStore(db).load()).toThrow(/table trunks, row "carrier".*not an address or network/);
});
