import { isIP } from "node:net";
import fc from "fast-check";
import {
  contains,
  formatIp,
  formatTarget,
  networkOf,
  networkOfTarget,
  parseIp,
  parseTarget,
  sourceOf,
  type Target,
} from "../../src/domain/address.js";

function targetOf(text: string): Target {
  const parsed = parseTarget(text);
  if ("error" in parsed) throw new Error(parsed.error);
  return parsed.target;
}

describe("sourceOf", () => {
  test.each([
    ["203.0.113.12", "203.0.113.12"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:203.0.113.12", "203.0.113.12"],
    ["::FFFF:cb00:710c", "203.0.113.12"],
    ["0:0:0:0:0:ffff:255.255.255.255", "255.255.255.255"],
    ["2001:db8::1", "2001:db8::/64"],
    ["2001:DB8::1", "2001:db8::/64"],
    ["2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"],
    ["2001:0db8:0000:0001:0000:0000:0000:0001", "2001:db8:0:1::/64"],
    ["2001:0:0:1::5", "2001:0:0:1::/64"],
    ["0:0:0:1::", "0:0:0:1::/64"],
    ["::1", "::/64"],
    ["::", "::/64"],
    ["1::", "1::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
    ["::2:3:4:5:6:7:8", "0:2:3:4::/64"],
    ["64:ff9b::192.0.2.33", "64:ff9b::/64"],
    ["::fffe:1.2.3.4", "::/64"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4::/64"],
  ])("%s belongs to %s", (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });

  test.each([
    "",
    " 203.0.113.12",
    "203.0.113.12 ",
    "203.0.113",
    "203.0.113.",
    ".203.0.113",
    "203.0.113.12.",
    "203..113.12",
    "203.0.113.256",
    "203.0.113.1e1",
    "010.0.0.1",
    "10.00.0.1",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "+1.2.3.4",
    "1.2.3.-4",
    "٢.٢.٢.٢",
    "203.0.113.12/32",
    "203.0.113.12:5060",
    ":",
    ":::",
    "1:",
    ":1",
    "1::2::3",
    "1:::2",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "::1:2:3:4:5:6:7:8",
    "12345::",
    "00001::",
    "g::",
    "fe80::1%eth0",
    "[::1]",
    "::1/64",
    "::1.2.3",
    "::1.2.3.256",
    "::01.2.3.4",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::ffff:1.2.3.4.5",
    `${"0".repeat(50)}::1`,
    "x".repeat(100_000),
  ])("%p is no address", (text) => {
    expect(sourceOf(text)).toBeNull();
    expect(parseIp(text)).toBeNull();
  });

  const octet = fc.nat(255).map(String);
  const group = fc
    .tuple(fc.oneof(fc.constant(0), fc.nat(0xffff)), fc.boolean(), fc.boolean())
    .map(([value, upper, wide]) => {
      const text = value.toString(16).padStart(wide ? 4 : 1, "0");
      return upper ? text.toUpperCase() : text;
    });
  const fullIpv6 = fc.array(group, { minLength: 8, maxLength: 8 });

  test("agrees with net.isIP on what an address is, whatever is made of an address's letters", () => {
    const piece = fc.oneof(
      octet,
      group,
      fc.constantFrom(":", "::", ".", "0", "00", "ffff", "1.2.3.4", "x", "/"),
    );
    const soup = fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join(""));
    const colons = fc.array(group, { minLength: 6, maxLength: 9 }).map((groups) => groups.join(":"));
    fc.assert(
      fc.property(fc.oneof(soup, colons), (text) => {
        expect(parseIp(text) !== null).toBe(isIP(text) !== 0);
        expect(sourceOf(text) !== null).toBe(isIP(text) !== 0);
      }),
      { numRuns: 3_000 },
    );
  });

  test("writes IPv6 as browsers do, from every way to shorten it", () => {
    fc.assert(
      fc.property(fullIpv6, fc.nat(7), fc.nat(8), (groups, from, length) => {
        const run = groups.slice(from, from + length);
        const shortened =
          run.length > 0 && run.every((text) => Number.parseInt(text, 16) === 0)
            ? `${groups.slice(0, from).join(":")}::${groups.slice(from + length).join(":")}`
            : groups.join(":");
        const ip = parseIp(shortened)!;
        const canonical = new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
        if (ip.family === 6) expect(formatIp(ip)).toBe(canonical);
        else expect(canonical).toMatch(/^::ffff:/);
        // The quick way and the way through networks say the same.
        const network = networkOf(ip, ip.family === 6 ? 64 : 32);
        expect(sourceOf(shortened)).toBe(formatTarget(network));
      }),
      { numRuns: 3_000 },
    );
  });

  test("IPv4 comes back as it went in", () => {
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const text = octets.join(".");
        expect(sourceOf(text)).toBe(text);
        expect(formatIp(parseIp(text)!)).toBe(text);
        expect(sourceOf(`::ffff:${text}`)).toBe(text);
      }),
    );
  });
});

describe("parseTarget", () => {
  test.each([
    ["203.0.113.12", "203.0.113.12"],
    [" 203.0.113.12\n", "203.0.113.12"],
    ["203.0.113.12/32", "203.0.113.12"],
    ["203.0.113.0/24", "203.0.113.0/24"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["128.0.0.0/1", "128.0.0.0/1"],
    ["2001:db8::1", "2001:db8::/64"],
    ["2001:db8::1/128", "2001:db8::/64"],
    ["2001:db8:0:0:8000::/65", "2001:db8::/64"],
    ["2001:DB8::/32", "2001:db8::/32"],
    ["2001:db8:1::/48", "2001:db8:1::/48"],
    ["::/0", "::/0"],
    ["::ffff:203.0.113.12", "203.0.113.12"],
    ["::ffff:203.0.113.0/24", "203.0.113.0/24"],
  ])("%p is %s", (text, target) => {
    expect(parseTarget(text)).toEqual({ target });
    // What comes out reads as itself.
    expect(parseTarget(target)).toEqual({ target });
    expect(formatTarget(networkOfTarget(targetOf(text)))).toBe(target);
  });

  test.each([
    ["203.0.113.12/24", "203.0.113.12/24 has address bits behind the mask: write 203.0.113.0/24"],
    ["2001:db8::1/64", "2001:db8::1/64 has address bits behind the mask: write 2001:db8::/64"],
    ["2001:db8:1::/32", "2001:db8:1::/32 has address bits behind the mask: write 2001:db8::/32"],
    ["", "is not an address"],
    ["pbx.example.net", "is not an address: write 203.0.113.12, 203.0.113.0/24 or 2001:db8::/48"],
    ["203.0.113.0/33", "is not a network"],
    ["::/129", "is not a network"],
    ["203.0.113.0/024", "is not a network"],
    ["203.0.113.0/-1", "is not a network"],
    ["203.0.113.0/", "is not a network"],
    ["203.0.113.0/24/24", "is not a network"],
    ["203.0.113.0/255.255.255.0", "is not a network"],
    ["203.0.113.0-203.0.113.9", "is not an address"],
    ["/24", "is not a network"],
    ["x\r\ny\u202e", '"x??y?" is not an address'],
  ])("%p is refused: %s", (text, reason) => {
    const parsed = parseTarget(text);
    expect("error" in parsed && parsed.error).toContain(reason);
  });

  test("an error shows no more than 60 letters of what came", () => {
    const parsed = parseTarget("z".repeat(10_000));
    expect("error" in parsed && parsed.error.length).toBeLessThan(200);
  });
});

describe("networks", () => {
  test.each([
    ["203.0.113.0/24", "203.0.113.12", true],
    ["203.0.113.0/24", "203.0.113.0/25", true],
    ["203.0.113.0/24", "203.0.113.0/24", true],
    ["203.0.113.0/25", "203.0.113.0/24", false],
    ["203.0.113.0/24", "203.0.114.1", false],
    ["0.0.0.0/0", "203.0.113.12", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["::/0", "203.0.113.12", false],
    ["2001:db8::/32", "2001:db8:1:2::", true],
    ["2001:db8::/32", "2001:db9::", false],
    ["2001:db8::1", "2001:db8::2", true],
  ])("%s contains %s: %p", (outer, inner, expected) => {
    const [a, b] = [networkOfTarget(targetOf(outer)), networkOfTarget(targetOf(inner))];
    expect(contains(a, b)).toBe(expected);
  });

  test("a target made by hand that is none is a fault of ours", () => {
    expect(() => networkOfTarget("nonsense" as Target)).toThrow("not a canonical target: nonsense");
  });
});
