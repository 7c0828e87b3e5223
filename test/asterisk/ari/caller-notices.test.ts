import { CallerNotices } from "../../../src/asterisk/ari/caller-notices.js";
import { keptLog, until } from "./support.js";

let sent: string[];
let nowMs: number;
let notices: CallerNotices;
const log = keptLog();

beforeEach(() => {
  sent = [];
  nowMs = 1_000_000;
  notices = new CallerNotices({
    send: (endpoint, text) => {
      sent.push(`${endpoint}: ${text}`);
      return endpoint === "broken" ? Promise.reject(new Error("no such module")) : Promise.resolve();
    },
    nowMs: () => nowMs,
    log,
  });
});

const verdict = (over: object = {}) =>
  ({ from: "100", decision: "refuse", detail: "Refused: too dear.", ...over }) as const;

test("a refused extension is told, once in ten seconds", () => {
  notices.refused(verdict());
  nowMs += 9_999;
  notices.refused(verdict());
  notices.refused(verdict({ from: "101" }));
  nowMs += 1;
  notices.refused(verdict());
  expect(sent).toEqual(["100: Refused: too dear.", "101: Refused: too dear.", "100: Refused: too dear."]);
});

test.each([
  ["a call that may be made", { decision: "allow" }],
  ["a caller that can't be told", { from: null }],
  ["a name that is no plain one", { from: "100@evil;x" }],
])("%s: nobody is", (_, over) => {
  notices.refused(verdict(over));
  expect(sent).toEqual([]);
});

test("it is one line of plain text, however hostile what was dialled", () => {
  notices.refused(verdict({ detail: `a\r\nVia: x\u00e9${"y".repeat(400)}` }));
  expect(sent[0]).toMatch(/^100: a\?\?Via: x\?y+$/);
  expect(sent[0]).toHaveLength("100: ".length + 300);
});

test("a message that can't be sent is logged", async () => {
  notices.refused(verdict({ from: "broken" }));
  await until(() => log.lines.join().includes("could not be told"), "it is logged");
});
