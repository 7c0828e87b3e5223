import { formatIp, type Ip } from "../../../src/domain/address.js";
import { parseEntry } from "../../../src/domain/registration/entry.js";

const span = (text: string): string => {
  const parsed = parseEntry(text);
  if ("error" in parsed) return parsed.error;
  const { family, from, to } = parsed.range;
  const show = (value: bigint) => formatIp({ family, value } satisfies Ip);
  return from === to ? show(from) : `${show(from)}-${show(to)}`;
};

describe("What IP formats are supported for the IP whitelist feature?", () => {
  test.each([
    ["Single IP address", "195.168.1.1", "195.168.1.1"],
    ["IP range", "195.168.1.1-195.168.1.100", "195.168.1.1-195.168.1.100"],
    ["CIDR mask", "195.168.1.0/24", "195.168.1.0-195.168.1.255"],
    ["Subnet notation", "195.168.1.0/255.255.255.0", "195.168.1.0-195.168.1.255"],
    ["Single IPv6 address", "2001:db8::10", "2001:db8::10"],
    ["IPv6 range", "2001:db8::1-2001:db8::1:0", "2001:db8::1-2001:db8::1:0"],
    ["IPv6 CIDR mask", "2001:db8::/48", "2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff"],
    ["IPv6, narrower than a /64", "2001:db8::10/127", "2001:db8::10-2001:db8::11"],
    ["IPv6 subnet notation", "2001:db8::/ffff:ffff:ffff::", "2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff"],
    ["white space", "  195.168.1.1 -\t195.168.1.100 ", "195.168.1.1-195.168.1.100"],
    ["white space in a network", "195.168.1.0 / 24", "195.168.1.0-195.168.1.255"],
    ["all of IPv4", "0.0.0.0/0", "0.0.0.0-255.255.255.255"],
    ["one address as a network", "195.168.1.1/32", "195.168.1.1"],
    ["one address as a range", "195.168.1.1-195.168.1.1", "195.168.1.1"],
    ["one address by its mask", "195.168.1.1/255.255.255.255", "195.168.1.1"],
  ])("%s: %s", (_form, text, range) => {
    expect(span(text)).toBe(range);
  });

  test.each([
    ["We do not support domain names", "pbx.example.com", "write the address"],
    ["a name alone", "localhost", "host name"],
    ["a name with dashes", "my-host.example.com", "host name"],
    ["a name like hexadecimal", "bad.cafe", "host name"],
    ["a range of names", "a.example.com-b.example.com", "host name"],
    ["a name with a mask", "example.com/24", "host name"],
    ["reversed", "195.168.1.100-195.168.1.1", "write 195.168.1.1-195.168.1.100"],
    ["reversed IPv6", "2001:db8::2-2001:db8::1", "write 2001:db8::1-2001:db8::2"],
    ["an octet over 255", "195.168.1.256", "over 255"],
    ["an octet over 255 in a range", "195.168.1.1-195.168.1.300", "over 255"],
    ["leading zeros", "195.168.001.001", "write 195.168.1.1"],
    ["leading zeros ahead of the highest number", "195.168.001.255", "write 195.168.1.255"],
    ["three numbers", "195.168.1", "four numbers"],
    ["five numbers", "195.168.1.1.1", "four numbers"],
    ["a number", "3284664577", "four numbers"],
    ["a short range", "195.168.1.1-100", "write 195.168.1.1-195.168.1.100"],
    ["a hole", "195.168.1.0/255.0.255.0", "hole"],
    ["a mask the wrong way round", "195.168.1.0/0.0.0.255", "write 195.168.1.0/24"],
    ["a long mask", "195.168.1.0/33", "from 0 to 32, such as /24"],
    ["a long IPv6 mask", "2001:db8::/129", "from 0 to 128, such as /64"],
    ["a mask with a zero ahead", "195.168.1.0/024", "from 0 to 32"],
    ["no mask", "195.168.1.0/", "write a length, such as /24, or /255.255.255.0"],
    ["no mask, IPv6", "2001:db8::/", "write a length, such as /64"],
    ["bits behind the mask", "195.168.1.5/24", "write 195.168.1.0/24"],
    ["mixed families", "195.168.1.1-2001:db8::1", "two ranges"],
    ["a mask of the other family", "2001:db8::/255.255.255.0", "mixes"],
    ["a range and a mask", "195.168.1.1-195.168.1.9/24", "range alone"],
    ["a port", "195.168.1.1:5060", "has a port: write 195.168.1.1"],
    ["brackets", "[2001:db8::1]", "without brackets"],
    ["a zone", "fe80::1%eth0", "without brackets and zone"],
    ["two addresses", "195.168.1.1 195.168.1.2", "each as an entry"],
    ["nothing", "  ", "an entry is empty: write 195.168.1.1"],
    ["a new line and a rule", "1.2.3.4\npermit=0.0.0.0/0", "is not an address"],
    ["a long text", "1".repeat(5_000), "too long"],
  ])("%s is refused, with what to write instead: %j", (_why, text, says) => {
    const parsed = parseEntry(text);
    expect(parsed).toHaveProperty("error");
    expect("error" in parsed ? parsed.error : "").toContain(says);
    // eslint-disable-next-line no-control-regex -- the control characters are the point
    expect("error" in parsed ? parsed.error : "").not.toMatch(/[\x00-\x1f]/);
  });

  test("an entry keeps the form in which it was written", () => {
    expect(parseEntry(" 195.168.1.0 / 255.255.255.0 ")).toMatchObject({ text: "195.168.1.0/255.255.255.0" });
  });
});
