import fc from "fast-check";
import { parseAddressList } from "../../src/domain/address-list.js";

const read = (text: string) => {
  const { targets, refused } = parseAddressList(text);
  return { targets: [...targets].map(([target, line]) => `${line} ${target}`), refused };
};

test("a jail.conf: its ignoreip alone, with the lines that go on with it", () => {
  const text = `[DEFAULT]
# ignoreip = 10.9.9.9
bantime = 10m
ignoreip = 127.0.0.1/8 ::1, 192.168.1.5/24
           203.0.113.7   # the branch
   # 10.8.8.8
           pbx.example.com %(other)s
maxretry = 5

[asterisk]
ignoreip=2001:db8::1
banaction = 10.7.7.7
`;
  expect(read(text)).toEqual({
    targets: ["4 127.0.0.0/8", "4 ::/64", "4 192.168.1.0/24", "5 203.0.113.7", "11 2001:db8::/64"],
    refused: [
      {
        line: 7,
        text: "pbx.example.com",
        message: "names are not read, since what they stand for changes: write its address",
      },
      {
        line: 7,
        text: "%(other)s",
        message: "it stands for another setting of that file: write its addresses here",
      },
    ],
  });
});

test("what fail2ban-client prints of one jail", () => {
  const text =
    "Status for the jail: asterisk\n|- Filter\n|  `- File list:\t/var/log/asterisk/security\n`- Actions\n   |- Currently banned:\t2\n   `- Banned IP list:\t203.0.113.1 2001:db8::7\n";
  expect(read(text)).toEqual({ targets: ["6 203.0.113.1", "6 2001:db8::/64"], refused: [] });
});

test("what fail2ban-client prints of all jails", () => {
  expect(read("[{'sshd': ['203.0.113.1', '203.0.113.2']}, {'asterisk': []}]\n")).toEqual({
    targets: ["1 203.0.113.1", "1 203.0.113.2"],
    refused: [],
  });
});

test("a plain list, with comments and repetitions", () => {
  const text = "# ours\n203.0.113.1\n\n203.0.113.0/24 ; the rest\r\n203.0.113.1, 198.51.100.9 // twice\n";
  expect(read(text)).toEqual({
    targets: ["2 203.0.113.1", "4 203.0.113.0/24", "5 198.51.100.9"],
    refused: [],
  });
});

test("CSV with one column, its header and quotes, and a byte order mark", () => {
  expect(read('\uFEFF"IP_Address"\r\n"203.0.113.1"\r\n"2001:db8::/32"\r\n')).toEqual({
    targets: ["2 203.0.113.1", "3 2001:db8::/32"],
    refused: [],
  });
});

test.each([
  ["203.0.113.1-203.0.113.9", "ranges are not read: write networks such as 203.0.113.0/24"],
  ["203.0.113.5/24", "203.0.113.5/24 has address bits behind the mask: write 203.0.113.0/24"],
  ["010.0.0.1", '"010.0.0.1" is not an address: write 203.0.113.12, 203.0.113.0/24 or 2001:db8::/48'],
  ["203.0.113.0/33", '"203.0.113.0/33" is not a network: write it as 203.0.113.0/24 or 2001:db8::/48'],
  ["localhost", "names are not read, since what they stand for changes: write its address"],
])("%s is refused with what to write: %s", (word, message) => {
  expect(read(`# x\n${word}\n`)).toEqual({ targets: [], refused: [{ line: 2, text: word, message }] });
});

test("whatever the text, every word is taken or refused, and lines are told right", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 80 }))), (lines) => {
      const text = lines.join("\n");
      const { targets, refused } = parseAddressList(text);
      const count = text.split(/\r\n|\n|\r/).length;
      for (const line of [...targets.values(), ...refused.map((each) => each.line)]) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(count);
      }
    }),
  );
});
