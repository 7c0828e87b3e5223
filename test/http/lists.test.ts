import { z } from "zod";
import { OPERATIONS } from "../../src/http/operations/need.js";
import { isMediaType } from "../../src/http/operations/operation.js";

/** Lists that come whole, by what keeps them short. Whatever else is a list has pages. */
const WHOLE: Readonly<Record<string, string>> = {
  "/users users": "made one by one",
  "/tokens tokens": "made one by one",
  "/pins pins": "made one by one",
  "/never-ban neverBan": "made one by one",
  "/decks decks": "made one by one",
  "/status decks": "made one by one",
  "/areas prefixes": "made one by one",
  "/allow-list entries": "1,000 at most",
  "/allow-list ownLists": "one an extension",
  "/spend extensions": "one an extension",
  "/allow-list/refused refused": "one an address of an extension, as many as are kept in memory",
  "/locks locks": "one an account",
  "/proposals proposals": "one a network",
  "/extensions/:name blocks": "those in force",
  "/extensions/:name known": "100 at most",
  "/extensions/:name refusedLately": "as many as are kept in memory",
  "/bans/:target inForce": "those around one address",
  "/bans/:target history": "50 at most",
  "/detection/shadow/results results": "as many as are kept",
  "/detection/shadow changes": "one a setting",
  "/detection settings": "one a setting",
  "/limits limits": "one a setting",
  "/refusals refusals": "one a reason",
  "/dial-plan internationalPrefixes": "a setting",
  "/notifications kinds": "one a kind",
  "/notifications channels": "three",
  "/overview series": "one an hour or day",
  "/overview causes": "one a cause",
  "/overview forYou": "a few of each kind",
  "/decks/:name/histogram bars": "a few",
  "/rates/:digits rates": "the prefixes of one number",
  "/areas areas": "one a country and type",
  "/areas risks": "known by the program",
  "/areas/high-risk ranges": "known by the program",
  "/areas/tree continents": "known by the program",
  "/areas/tree special": "known by the program",
  "/status guards": "known by the program",
  "/status warnings": "known by the program",
  "/allow-list warnings": "known by the program",
  "/doctor checks": "known by the program",
  "/doctor routes": "those of the dialplan",
};

const listsOf = (answer: z.ZodType): string[] => {
  const { properties = {} } = z.toJSONSchema(answer, { unrepresentable: "any" });
  return Object.entries(properties).flatMap(([name, of]) =>
    typeof of === "object" && of.type === "array" ? [name] : [],
  );
};

test("every list has pages, or something that keeps it short", () => {
  const lists = OPERATIONS.filter(({ method }) => method === "get").flatMap(({ path, query, answer }) => {
    if (answer === null || isMediaType(answer)) return [];
    const asked = Object.keys(query?.shape ?? {});
    const hasPages = asked.includes("limit") && asked.some((name) => name === "before" || name === "after");
    const { properties = {} } = z.toJSONSchema(answer, { unrepresentable: "any" });
    // Who can ask for the next page is told from where it goes on.
    expect([path, "next" in properties]).toEqual([path, hasPages]);
    return listsOf(answer).map((list) => ({ list: `${path.replace("/api/v1", "")} ${list}`, hasPages }));
  });
  expect(lists.filter(({ hasPages }) => hasPages).length).toBeGreaterThan(5);
  const whole = lists.filter(({ hasPages }) => !hasPages).map(({ list }) => list);
  expect(whole.sort()).toEqual(Object.keys(WHOLE).sort());
});
