import fc from "fast-check";
import type { AmiItem } from "../../../src/asterisk/ami/items.js";
import { AmiParser } from "../../../src/asterisk/ami/parser.js";
import { printEvent, printSystemEvent, type Printed } from "./asterisk-prints.js";
import { chunksOf, FORGED, hostileText } from "./hostile-text.js";

const RUNS = { numRuns: 1000 };
const ATTACKER = "203.0.113.66";
const PHONE = "198.51.100.10";

/** What the sender can write into, and Asterisk's own limits (36 characters of a name, 63 of a nonce, 255 of an answer).
 *  Line breaks pass through the name alone today; that they might pass through the others one day is part of the test. */
const attack: fc.Arbitrary<Printed> = fc.oneof(
  hostileText(36).map((account) => ({ name: "InvalidAccountID", account })),
  hostileText(78).map((account) => ({ name: "InvalidPassword", service: "SIP", account })),
  fc.tuple(hostileText(63), hostileText(255)).map(([challenge, response]) => ({
    name: "ChallengeResponseFailed",
    account: "<unknown>",
    tail: [
      ["Challenge", challenge],
      ["Response", response],
      ["ExpectedResponse", ""],
    ] as const,
  })),
  hostileText(55).map((action) => ({
    name: "RequestNotAllowed",
    service: "AMI",
    account: "",
    tail: [
      ["RequestType", action],
      ["SessionTV", "2026-11-22T00:46:15.333+0000"],
    ] as const,
  })),
);

function httpLogin(account: string): Printed {
  return {
    name: "InvalidAccountID",
    service: "AMI",
    account,
    tail: [["SessionTV", "1970-01-01T00:00:00.000+0000"]],
  };
}

interface Sent {
  readonly text: string;
  /** Of a good phone: must come out as it is. */
  readonly good: number | null;
}

const sent: fc.Arbitrary<Sent[]> = fc
  .array(fc.oneof(fc.constant(null), fc.constant("plain" as const), attack), { minLength: 1, maxLength: 8 })
  .map((list) =>
    list.map((event, index) => {
      if (event === null) {
        const good = { name: "SuccessfulAuth", session: `good-${index}`, remote: `IPV4/UDP/${PHONE}/5060` };
        return { text: printEvent({ ...good, timestamp: false }), good: index };
      }
      if (event === "plain")
        return { text: printSystemEvent("Reload", "Module: acl", "Status: 0"), good: null };
      return {
        text: printEvent({ ...event, remote: `IPV4/UDP/${ATTACKER}/5062`, timestamp: false }),
        good: null,
      };
    }),
  );

test("names nobody but the true senders, and loses no good phone's event, whatever attackers write", () => {
  fc.assert(
    fc.property(sent, (events) => {
      const items = parse([Buffer.from(events.map(({ text }) => text).join(""))]);
      for (const item of items) {
        if (!("source" in item) || item.source === null) continue;
        expect([ATTACKER, PHONE]).toContain(item.source);
        expect(item.address).not.toBe(FORGED);
        if (item.type === "forged") expect(item.source).toBe(ATTACKER);
      }
      const good = items.filter((item) => item.type === "security" && item.source === PHONE);
      const sessions = events.filter(({ good }) => good !== null).map(({ good }) => `good-${good ?? 0}`);
      expect(good.map((item) => item.type === "security" && item.session)).toEqual(sessions);
      expect(items.filter((item) => item.type === "answer")).toEqual([]);
      const reloads = events.filter(({ text }) => text.startsWith("Event: Reload")).length;
      expect(items.filter((item) => item.type === "system")).toHaveLength(reloads);
    }),
    RUNS,
  );
});

test("logins to AMI over HTTP, whose text has no bounds, name nobody else and no success", () => {
  const login = fc.oneof({ weight: 3, arbitrary: attack }, hostileText(4096).map(httpLogin));
  fc.assert(
    fc.property(fc.array(login, { minLength: 1, maxLength: 5 }), (events) => {
      const text = events
        .map((event) => printEvent({ ...event, remote: `IPV4/TCP/${ATTACKER}/5062` }))
        .join("");
      for (const item of parse([Buffer.from(text)])) {
        if ("source" in item) expect([ATTACKER, null]).toContain(item.source);
        expect(item).not.toHaveProperty("kind", "success");
      }
    }),
    RUNS,
  );
});

test("any chunks give the same items", () => {
  fc.assert(
    fc.property(sent, fc.array(fc.nat(), { maxLength: 30 }), (events, places) => {
      const bytes = Buffer.from(`Asterisk Call Manager/11.0.0\r\n${events.map(({ text }) => text).join("")}`);
      expect(parse(chunksOf(bytes, places))).toEqual(parse([bytes]));
    }),
    RUNS,
  );
});

test("bytes of any kind never throw, and good events go on after them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      const good = printEvent({ name: "SuccessfulAuth", session: "after" });
      const bytes = Buffer.concat([Buffer.from(noise), Buffer.from("\r\n\r\n"), Buffer.from(good)]);
      expect(parse([bytes])).toEqual([expect.objectContaining({ type: "security", session: "after" })]);
    }),
    RUNS,
  );
});

function parse(chunks: readonly Buffer[]): AmiItem[] {
  const items: AmiItem[] = [];
  const parser = new AmiParser((item) => items.push(item));
  for (const chunk of chunks) parser.push(chunk);
  parser.settle();
  return items;
}
