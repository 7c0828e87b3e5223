import { RingfenceError } from "../../src/domain/error.js";
import type { Ask } from "../../src/asterisk/ami/control.js";
import { expireContacts } from "../../src/asterisk/expired-contacts.js";

/** An AstDB that keeps what it is given, with lines as short as those of AMI. */
function database(held: Map<string, string>): Ask {
  return async (action, { Key = "", Val = "" } = {}) => {
    await Promise.resolve();
    if (action === "DBPut") {
      if (Val.length > 990) throw new RingfenceError("config", "the line Val has too many bytes");
      held.set(Key, Val);
    }
    const items = [...held].map(
      ([key, val]) =>
        new Map([
          ["event", "DBGetTreeResponse"],
          ["key", `/registrar/contact/${key}`],
          ["val", val],
        ]),
    );
    return { ok: true, message: new Map(), items: action === "DBGetTree" ? items : [] };
  };
}

const contact = (userAgent: string) =>
  JSON.stringify({
    call_id: "a",
    user_agent: userAgent,
    expiration_time: "1795854490",
    uri: "sip:100@192.0.2.1",
  });

test.each([
  ["a phone's", contact("Phone"), true],
  ["one that calls itself an expiry", contact('","expiration_time":"99'), true],
  ["one that calls itself something odd", contact("\u00e4\u2028\\\"'"), true],
  ["too long for AMI", contact("x".repeat(1_000)), false],
  ["no JSON", "1795854490", false],
  ["half of it", contact("Phone").slice(0, 40), false],
  ["without an end", JSON.stringify({ uri: "sip:100@192.0.2.1" }), false],
  ["one of the configuration, which never ends", JSON.stringify({ expiration_time: "0" }), false],
  ["null", "null", false],
])("%s", async (_what, value, isMarked) => {
  const held = new Map([["100;@1", value]]);
  expect(await expireContacts(database(held), ["100;@1", "gone;@2"])).toBe(isMarked ? 1 : 0);
  const expected = isMarked
    ? JSON.stringify({ ...(JSON.parse(value) as object), expiration_time: "1" })
    : value;
  expect([...held]).toEqual([["100;@1", expected]]);
});
