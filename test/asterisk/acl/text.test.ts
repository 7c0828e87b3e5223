import fc from "fast-check";
import { aclNameOf, sectionKey, unwritable } from "../../../src/asterisk/acl/names";
import { planAcls } from "../../../src/asterisk/acl/plan";
import {
  aclTexts,
  editionOf,
  listText,
  NO_TEXTS,
  unitedLists,
  wiresAny,
} from "../../../src/asterisk/acl/text";
import { contains, networkOfTarget, parseIp, networkOf, type Target } from "../../../src/domain/address";
import type { EndpointAcl } from "../../../src/guard/ports";

const targets = (...texts: string[]): Target[] => texts as Target[];
const has = (names: string[], wizards: string[] = [], trunks: string[] = []) => ({
  names: [...names, ...wizards, ...trunks],
  wizards: new Set(wizards),
  trunks: new Set(trunks),
});
const linesOf = (acl: EndpointAcl): string[] => listText(acl).split("\n").slice(0, -1);
const nobody: EndpointAcl = { permit: [], deny: [] };
const wish = (...names: string[]) => new Map(names.map((name) => [name, nobody]));

describe("the lines of a list", () => {
  test.each<[string, EndpointAcl, string[]]>([
    ["nobody", nobody, ["deny=0.0.0.0/0", "deny=::/0"]],
    ["all but one", { permit: null, deny: targets("203.0.113.7") }, ["deny=203.0.113.7"]],
    [
      "one house, less one desk",
      { permit: targets("198.51.100.0/24", "2001:db8::/48"), deny: targets("198.51.100.9") },
      ["deny=0.0.0.0/0", "deny=::/0", "permit=198.51.100.0/24", "permit=2001:db8::/48", "deny=198.51.100.9"],
    ],
  ])("%s", (_, acl, lines) => expect(linesOf(acl)).toEqual(lines));

  /** As Asterisk judges: the last line that matches decides, and who is in none passes (main/acl.c, ast_apply_ha). */
  function passes(lines: readonly string[], address: string): boolean {
    const ip = parseIp(address)!;
    let sense = true;
    for (const line of lines) {
      const [word, network] = line.split("=") as [string, Target];
      if (contains(networkOfTarget(network), networkOf(ip, ip.family === 4 ? 32 : 128)))
        sense = word === "permit";
    }
    return sense;
  }
  const address = fc.oneof(
    fc.tuple(fc.nat(3), fc.nat(3)).map(([c, d]) => `10.0.${c}.${d}`),
    fc.tuple(fc.nat(3), fc.nat(3)).map(([c, d]) => `2001:db8:${c}:${d}::1`),
  );
  const network = fc.oneof(
    fc.tuple(fc.nat(3), fc.nat(3)).map(([c, d]) => `10.0.${c}.${d}`),
    fc.nat(3).map((c) => `10.0.${c}.0/24`),
    fc.nat(3).map((c) => `2001:db8:${c}::/48`),
    fc.tuple(fc.nat(3), fc.nat(3)).map(([c, d]) => `2001:db8:${c}:${d}::/64`),
  );

  test("let in whom the wish lets in, and nobody else", () => {
    fc.assert(
      fc.property(
        fc.option(fc.array(network, { maxLength: 5 })),
        fc.array(network, { maxLength: 5 }),
        address,
        (permit, deny, from) => {
          const ip = parseIp(from)!;
          const within = (list: readonly string[]): boolean =>
            list.some((text) =>
              contains(networkOfTarget(text as Target), networkOf(ip, ip.family === 4 ? 32 : 128)),
            );
          const acl = { permit: permit === null ? null : targets(...permit), deny: targets(...deny) };
          expect(passes(linesOf(acl), from)).toBe(!within(deny) && (permit === null || within(permit)));
        },
      ),
    );
  });

  test.each([
    "10.0.0.1\n[x]",
    "10.0.0.1\npermit=10.0.0.2",
    "",
    "10.0.0.1 ",
    "10.0.0.1;",
    "example.org",
    "\u0130",
  ])("nothing but an address gets into a file: %j", (text) => {
    for (const beside of [[], ["10.0.0.9"]]) {
      expect(() => listText({ permit: targets(...beside, text), deny: [] })).toThrow("canonical target");
      expect(() => listText({ permit: null, deny: targets(text, ...beside) })).toThrow("canonical target");
    }
  });
});

describe("names", () => {
  test("of lists are told apart whatever the case, and hold nothing that Asterisk would read as an end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const [first, second] = [aclNameOf(a), aclNameOf(b)];
        expect(first).toMatch(/^ringfence_[\w-]{1,60}$/);
        if (a !== b) expect(first.toLowerCase()).not.toBe(second.toLowerCase());
      }),
    );
    expect(aclNameOf("100")).toBe("ringfence_100");
    expect(aclNameOf("Bob").toLowerCase()).not.toBe(aclNameOf("bob").toLowerCase());
  });

  test.each([
    "100",
    "bob o'neil, (x) & [co",
    "Ünïcode",
    "+49-30",
    "a/b",
    "../../etc/passwd",
    "#include x",
    "a".repeat(79),
  ])("%j can be written", (name) => expect(unwritable(name)).toBeNull());
  test.each([
    "",
    " 100",
    "100 ",
    "a]b",
    "a;b",
    "a\\b",
    "a\nb",
    "a\0b",
    "a\tb",
    "a".repeat(80),
    "ü".repeat(40),
  ])("%j can't, and the reason says what to do", (name) =>
    expect(unwritable(name)).toContain("rename the endpoint"),
  );
  test("Asterisk knows the case of ASCII alone", () => expect(sectionKey("AbcÜ")).toBe("abcÜ"));
});

describe("the plan", () => {
  const plan = (wanted: ReadonlyMap<string, EndpointAcl>, asterisk: ReturnType<typeof has>) =>
    planAcls(wanted, asterisk, "salt");

  test("an endpoint without rules has no list", async () => {
    const open = new Map([["100", { permit: null, deny: [] }]]);
    expect(await plan(open, has(["100"]))).toEqual({ wires: [], impossible: new Map() });
  });

  test("one that is not there yet has its list waiting", async () => {
    expect((await plan(wish("777"), has([]))).wires.map(({ endpoint }) => endpoint)).toEqual(["777"]);
  });

  test("a trunk never has one", async () => {
    const { wires, impossible } = await plan(wish("100", "carrier"), has(["100"], [], ["carrier"]));
    expect(wires.map(({ endpoint }) => endpoint)).toEqual(["100"]);
    expect(impossible.get("carrier")).toContain("trunk");
  });

  test.each<[string[], string[], string[]]>([
    [["Bob", "bob"], ["bob"], []],
    [["bob"], ["bob", "BOB"], ["bob"]],
    [[], ["bob", "BOB"], []],
    [
      ["Ü", "ü"],
      ["Ü", "ü"],
      ["Ü", "ü"],
    ],
  ])("of the endpoints %j, and %j wished for, %j get one", async (names, wished, wired) => {
    expect((await plan(wish(...wished), has(names))).wires.map(({ endpoint }) => endpoint)).toEqual(wired);
  });

  test("a list of the wizard's changes its name with each salt and each change", async () => {
    const name = async (salt: string, acl: EndpointAcl) =>
      (await planAcls(new Map([["130", acl]]), has([], ["130"]), salt)).wires[0]?.acl;
    const other = { permit: null, deny: targets("10.0.0.1") };
    expect(new Set([await name("a", nobody), await name("b", nobody), await name("a", other)]).size).toBe(3);
    expect(await name("a", nobody)).toBe(await name("a", nobody));
  });
});

describe("the files", () => {
  const texts = async (salt: string, ...names: string[]) =>
    aclTexts(await planAcls(wish(...names), has(names), salt), salt);

  test("each addition has a template ahead of it that soaks it up where the endpoint is gone", async () => {
    const { texts: written, edition } = await texts("s", "100");
    expect(written.pjsip.split("\n").slice(1)).toEqual([
      "[100](!)",
      "type=endpoint",
      "[100](+type=endpoint&TEMPLATES=include)",
      "acl=ringfence_100",
      "[ringfence-edition]",
      "type=endpoint",
      "identify_by=ip",
      `acl=ringfence_edition-${edition}`,
      "",
    ]);
    expect(written.lists.trimEnd().split("\n").slice(-3)[0]).toBe(`[ringfence_edition-${edition}]`);
    expect(editionOf(written.lists)).toBe(editionOf(written.pjsip));
  });

  test("the edition is another for another salt and for other lists", async () => {
    const all = [texts("a", "100"), texts("b", "100"), texts("a", "101"), texts("a")];
    const editions = (await Promise.all(all)).map(({ edition }) => edition);
    expect(new Set(editions).size).toBe(4);
    expect((await texts("a", "100")).edition).toBe(editions[0]);
  });

  test("whether they give anyone a list", async () => {
    expect(wiresAny((await texts("s", "100")).texts)).toBe(true);
    expect(wiresAny((await texts("s")).texts)).toBe(false);
    expect(wiresAny(NO_TEXTS)).toBe(false);
  });

  test("lists that go stay until nobody refers to them; what was garbled does not", async () => {
    const [before, after] = [
      (await texts("s", "100", "101")).texts.lists,
      (await texts("s", "101")).texts.lists,
    ];
    const united = unitedLists(`${before}[ringfence_bad]\npermit=nonsense\n[other]\ndeny=::/0\n`, after);
    const names = [...united.matchAll(/^\[(.*)\]$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(["ringfence_100", "ringfence_101"]));
    expect(names.filter((name) => name === "ringfence_101")).toHaveLength(1);
    expect(names).not.toContain("ringfence_bad");
    expect(names).not.toContain("other");
    // Whoever sees the edition has seen all.
    expect(names.at(-1)).toBe(editionOf(after));
  });
});
