import fc from "fast-check";
import { parseHep } from "../../../src/asterisk/hep/packet.js";
import { chunk, chunksOf, hep, packetOf, recorded } from "./hep-bytes.js";

const MESSAGE = "REGISTER sip:192.0.2.1 SIP/2.0\r\n\r\n";

test("a packet as Asterisk makes it", () => {
  expect(parseHep(hep(MESSAGE, { atMs: 1_800_000_000_123, protocol: 6, fromPort: 40_000 }))).toEqual({
    atMs: 1_800_000_000_123,
    protocol: 6,
    from: Buffer.from([203, 0, 113, 10]),
    fromPort: 40_000,
    to: Buffer.from([192, 0, 2, 1]),
    toPort: 5060,
    payload: Buffer.from(MESSAGE),
  });
});

test("IPv6 has sixteen bytes", () => {
  const chunks = chunksOf(MESSAGE).filter((_, index) => ![0, 8, 9].includes(index));
  const from = Buffer.from("20010db8000a00010000000000000066", "hex");
  const to = Buffer.from("20010db8000000010000000000000001", "hex");
  const packet = parseHep(packetOf([chunk(1, Buffer.from([10])), chunk(5, from), chunk(6, to), ...chunks]));
  expect(packet).toMatchObject({ from, to });
});

test("chunks of other vendors and types are passed over, also where their type looks like one of ours", () => {
  const more = [
    chunk(15, Buffer.from("not this"), 4),
    chunk(14, Buffer.from("password")),
    chunk(99, Buffer.alloc(0)),
  ];
  expect(parseHep(packetOf([...more, ...chunksOf(MESSAGE)]))).toMatchObject({
    payload: Buffer.from(MESSAGE),
  });
});

const without = (index: number): Buffer => packetOf(chunksOf(MESSAGE).filter((_, at) => at !== index));
const good = hep(MESSAGE);
const withLength = (length: number): Buffer => {
  const bytes = Buffer.from(good);
  bytes.writeUInt16BE(length, 4);
  return bytes;
};
test.each([
  ["nothing", Buffer.alloc(0), "not-hep"],
  ["five bytes", Buffer.from("HEP3\0"), "not-hep"],
  ["another protocol", Buffer.from("HEP2\0\x06"), "not-hep"],
  ["SIP itself", Buffer.from(MESSAGE), "not-hep"],
  ["a length beyond its end", withLength(good.length + 1), "length"],
  ["a length short of its end", withLength(good.length - 1), "length"],
  ["a head alone", packetOf([]), "incomplete"],
  ["a chunk of no length", packetOf([Buffer.alloc(6)]), "chunk"],
  ["half a chunk's head", packetOf([Buffer.alloc(5)]), "chunk"],
  ["a chunk longer than the packet", packetOf([Buffer.from([0, 0, 0, 99, 255, 255])]), "chunk"],
  ["a family of two bytes", packetOf([chunk(1, Buffer.alloc(2))]), "chunk"],
  ["an address of five bytes", packetOf([chunk(3, Buffer.alloc(5))]), "chunk"],
  ["two payloads", packetOf([...chunksOf(MESSAGE), chunk(15, Buffer.from("x"))]), "repeated"],
  ["two sources", packetOf([...chunksOf(MESSAGE), chunk(3, Buffer.alloc(4))]), "repeated"],
  ["no family", without(0), "incomplete"],
  ["no protocol", without(1), "incomplete"],
  ["no source port", without(2), "incomplete"],
  ["no time", without(4), "incomplete"],
  ["no source", without(8), "family"],
  ["no destination", without(9), "family"],
  ["no payload", without(11), "incomplete"],
  ["an unknown family", packetOf([chunk(1, Buffer.from([7])), ...chunksOf(MESSAGE).slice(1)]), "family"],
  [
    "IPv6 with addresses of IPv4",
    packetOf([chunk(1, Buffer.from([10])), ...chunksOf(MESSAGE).slice(1)]),
    "family",
  ],
  [
    "RTCP",
    packetOf([...chunksOf(MESSAGE).filter((_, at) => at !== 6), chunk(11, Buffer.from([5]))]),
    "not-sip",
  ],
])("%s is refused", (_, bytes, fault) => {
  expect(parseHep(bytes)).toBe(fault);
});

describe("whatever comes", () => {
  const all = [...recorded("16"), ...recorded("22")];

  test("a packet that was cut is refused", () => {
    fc.assert(
      fc.property(fc.nat(all.length - 1), fc.double({ min: 0, max: 0.9999, noNaN: true }), (index, share) => {
        const packet = all[index] ?? Buffer.alloc(0);
        expect(typeof parseHep(packet.subarray(0, Math.floor(packet.length * share)))).toBe("string");
      }),
    );
  });

  test("garbled bytes never throw, and a payload is always a part of what came", () => {
    const garbling = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(all.length - 1), garbling, (index, changes) => {
        const bytes = Buffer.from(all[index] ?? Buffer.alloc(0));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const read = parseHep(bytes);
        if (typeof read === "string") return;
        expect(bytes.includes(Buffer.from(read.payload))).toBe(true);
        expect([4, 16]).toContain(read.from.length);
        expect(read.to.length).toBe(read.from.length);
      }),
    );
  });

  test("random bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (body) => {
        const bytes = Buffer.concat([Buffer.from("HEP3\0\0"), body]);
        bytes.writeUInt16BE(bytes.length, 4);
        expect(parseHep(bytes)).toBeDefined();
      }),
    );
  });
});
