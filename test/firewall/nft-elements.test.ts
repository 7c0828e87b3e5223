import fc from "fast-check";
import { durationMs, ElementReader, type ListedElement } from "../../src/firewall/nft-elements.js";

const LISTING = `table inet ringfence {
	counter dropped4 {
		packets 1 bytes 203
	}

	set ban4_32 {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 1m
		elements = { 203.0.113.1 timeout 1h expires 59m50s444ms, 203.0.113.2,
			     203.0.113.3 counter packets 12 bytes 340 timeout 1m expires 3s,
			     not-an-address timeout 1s expires 1s, 10.0.0.0/8 timeout 1h expires 1h, 2001:db8::,
			     203.0.113.4 timeout 30d expires 29d23h59m59s999ms }
	}

	set flood4 {
		type ipv4_addr
		elements = { 203.0.113.9 limit rate over 50/second burst 100 packets timeout 4s expires 3s }
	}

	chain sip {
		ip saddr 203.0.113.77 tcp dport { 5060, 5061 } drop
	}
}
`;
const readerInto = (found: ListedElement[], set: { family: 4 | 6; bits: number }) =>
  new ElementReader(
    (name) => (name === "ban4_32" ? set : null),
    (element) => found.push(element),
  );
const ELEMENTS = [
  { target: "203.0.113.1", expiresInMs: 3_590_444, packets: 0 },
  { target: "203.0.113.2", expiresInMs: null, packets: 0 },
  { target: "203.0.113.3", expiresInMs: 3_000, packets: 12 },
  { target: "203.0.113.4", expiresInMs: 30 * 86_400_000 - 1, packets: 0 },
];

test("elements are read, wherever the text is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(LISTING.length - 2)), (cuts) => {
      const found: ListedElement[] = [];
      const reader = readerInto(found, { family: 4, bits: 32 });
      let from = 0;
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        reader.read(LISTING.slice(from, cut));
        from = cut;
      }
      expect(reader.isDone()).toBe(false);
      reader.read(LISTING.slice(from));
      expect(reader.isDone()).toBe(true);
      expect(found).toEqual(ELEMENTS);
    }),
  );
});

test.each<[4 | 6, number, string, string | null]>([
  [4, 24, "198.51.100.0", "198.51.100.0/24"],
  [4, 24, "198.51.100.7", null],
  [4, 24, "2001:db8::", null],
  [4, 0, "0.0.0.0", "0.0.0.0/0"],
  [6, 64, "2001:db8:0:1::", "2001:db8:0:1::/64"],
  [6, 64, "2001:db8::1", null],
  [6, 64, "::", "::/64"],
  [6, 64, "203.0.113.1", null],
  [6, 48, "2001:db8:1::", "2001:db8:1::/48"],
  [6, 48, "2001:db8:1:2::", null],
])("of IPv%p sets of /%p: %s is %p", (family, bits, address, target) => {
  const text = `table inet t {\n\tset ban4_32 {\n\t\telements = { ${address} }\n\t}\n}\n`;
  const found: ListedElement[] = [];
  readerInto(found, { family, bits }).read(text);
  expect(found.map((element) => element.target)).toEqual(target === null ? [] : [target]);
});

test.each([
  ["1d2h3m4s5ms", 93_784_005],
  ["59m50s444ms", 3_590_444],
  ["2w", 1_209_600_000],
  ["0s", 0],
  ["", 0],
])("%s are %p ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
