import { amiFlood } from "../../bench/traffic/ami-flood.js";
import { amiMix } from "../../bench/traffic/ami-mix.js";
import { AmiParser } from "../../src/asterisk/ami/parser.js";
import { isEvidence, type AmiItem } from "../../src/asterisk/ami/items.js";

test("the flood is what Asterisk prints: every event is read, from as many sources as wanted", () => {
  const { bytes, events } = amiFlood({ events: 2_000, sources: 400, guilty: 20 });
  const { items, counts } = parse(bytes);
  expect(counts).toMatchObject({ messages: events, security: events, forged: 0, malformed: 0, unasked: 0 });
  const sources = new Set(items.flatMap((item) => (isEvidence(item) ? [item.source] : [])));
  expect(sources.size).toBe(400);
});

test("the mix holds the recorded attacks in every round, each from addresses of its own", () => {
  const { bytes, events } = amiMix(1_000);
  const { items, counts } = parse(bytes);
  expect(events).toBeGreaterThanOrEqual(1_000);
  const rounds = Math.round(events / 157);
  // One forged event in each round stands split in two, the second half of which calls itself an event.
  expect(counts).toMatchObject({ security: rounds * 135, forged: rounds * 2, malformed: 0 });
  const forgers = items.flatMap((item) => (item.type === "forged" ? [item.source] : []));
  expect(new Set(forgers).size).toBe(rounds);
});

function parse(bytes: Buffer) {
  const items: AmiItem[] = [];
  const parser = new AmiParser((item) => items.push(item));
  parser.push(bytes);
  parser.end();
  return { items, counts: parser.counts };
}
