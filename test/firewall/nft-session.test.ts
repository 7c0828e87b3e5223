import { readFileSync } from "node:fs";
import { ElementReader } from "../../src/firewall/nft-elements.js";
import { NftSession } from "../../src/firewall/nft-session.js";
import { Nftables } from "../../src/firewall/nftables.js";
import { Namespace } from "./namespace.js";
import { target, targetsOf } from "./suite.js";
import { until } from "./until.js";

jest.setTimeout(60_000);

let namespace: Namespace;
let session: NftSession;
beforeAll(() => void (namespace = new Namespace()));
afterAll(() => namespace.remove());
beforeEach(() => {
  namespace.run("nft", "flush", "ruleset");
  namespace.run("nft", "add table inet t; add set inet t s { type ipv4_addr; flags timeout; }");
});
afterEach(() => session.close());

const begin = (binary: string): NftSession => (session = new NftSession({ binary, deadlineMs: 20_000 }));
const create = (address: string): string => `create element inet t s { ${address} }\n`;
const held = (): string[] =>
  [...namespace.run("nft", "list", "set", "inet", "t", "s").matchAll(/\d+\.\d+\.\d+\.\d+/g)].map(
    ([found]) => found,
  );
/** An nft that writes the id of each process it starts into a file, and does `line` when it is to stay. */
function nftThat(name: string, line: string): { binary: string; pids: () => number[] } {
  const file = `${namespace.nft}.${name}.pids`;
  namespace.run("touch", file);
  const binary = namespace.script(
    name,
    `if [ "$1" = -i ]; then echo $$ >> ${file}; ${line}; fi; exec nft "$@"`,
  );
  return { binary, pids: () => readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) };
}

test("a change is in force once it resolves; a refused one tells why and changes nothing", async () => {
  begin(namespace.nft);
  expect(await session.run(create("203.0.113.1"))).toBeNull();
  expect(held()).toEqual(["203.0.113.1"]);
  expect(await session.run(create("203.0.113.2") + create("203.0.113.1"))).toMatch(/File exists/);
  expect(held()).toEqual(["203.0.113.1"]);
  expect(await session.run("nonsense\n")).toMatch(/syntax error/);
  expect(await session.run(create("203.0.113.3"))).toBeNull();
  expect(held()).toEqual(["203.0.113.1", "203.0.113.3"]);
});

test("what it lists is whole once that resolves, and changes go on being taken", async () => {
  begin(namespace.nft);
  const wanted = Array.from({ length: 1_500 }, (_, i) => `10.9.${i >> 8}.${i & 255}`);
  namespace.run(
    "nft",
    `add set inet t other { type ipv4_addr; }; add element inet t s { ${wanted.join(", ")} }`,
  );
  for (let round = 0; round < 3; round++) {
    const found: string[] = [];
    const reader = new ElementReader(
      (name) => ({ name, family: 4, bits: 32 }) as const,
      ({ target: each }, { name }) => found.push(`${name} ${each}`),
      2,
    );
    expect(await session.ask("list set inet t other\nlist set inet t s\n", reader)).toBeNull();
    expect(found.sort()).toEqual(wanted.map((each) => `s ${each}`).sort());
    expect(await session.run(create(`203.0.113.${round}`))).toBeNull();
    wanted.push(`203.0.113.${round}`);
  }
  expect(
    await session.ask(
      "list set inet t absent\n",
      new ElementReader(
        () => null,
        () => undefined,
      ),
    ),
  ).toMatch(/No such file/);
});

test("it sees what others did to the table in the meantime", async () => {
  begin(namespace.nft);
  expect(await session.run(create("203.0.113.1"))).toBeNull();
  namespace.run("nft", "flush", "ruleset");
  expect(await session.run(create("203.0.113.2"))).toMatch(/No such file/);
  namespace.run("nft", "add table inet t; add set inet t s { type ipv4_addr; flags timeout; }");
  expect(await session.run(create("203.0.113.1"))).toBeNull();
  expect(held()).toEqual(["203.0.113.1"]);
});

test("a fresh nft takes the place of one that has heard much, and nothing is lost or left behind", async () => {
  const nft = nftThat("counted", "true");
  begin(nft.binary);
  const wanted = Array.from({ length: 2_500 }, (_, i) => `10.9.${i >> 8}.${i & 255}`);
  for (const each of wanted) expect(await session.run(create(each))).toBeNull();
  expect(held()).toHaveLength(wanted.length);
  await until(() => nft.pids().length === 3);
  session.close();
  await until(() => nft.pids().every((pid) => !isAlive(pid)));
});

test("one that is killed is replaced by the next change", async () => {
  const nft = nftThat("killed", "true");
  begin(nft.binary);
  expect(await session.run(create("203.0.113.1"))).toBeNull();
  process.kill(nft.pids()[0]!, "SIGKILL");
  await until(() => !isAlive(nft.pids()[0]!));
  // Whether the loss is noticed before or after the next change is written, that one tells.
  await session.run(create("203.0.113.2")).catch(() => undefined);
  await session.run(create("203.0.113.3"));
  expect(held()).toContain("203.0.113.3");
});

test.each([
  ["is missing", "/nonexistent/nft", null],
  ["ends at once", null, "exit 0"],
  ["never answers", null, "exec sleep 600"],
  ["says something else", null, "cat > /dev/null"],
])("one that %s is not asked again for a while", async (name, path, line) => {
  const nft = line === null ? null : nftThat(name.replaceAll(" ", "-"), line);
  begin(path ?? nft!.binary);
  expect(session.isReady()).toBe(true);
  await expect(session.run(create("203.0.113.1"))).rejects.toMatchObject({ code: "firewall" });
  expect(session.isReady()).toBe(false);
  if (nft !== null) await until(() => nft.pids().every((pid) => !isAlive(pid)));
});

test("without a session that works, bans are enforced all the same", async () => {
  const firewall = new Nftables({ binary: nftThat("stubborn", "exec sleep 600").binary, deadlineMs: 20_000 });
  await firewall.prepare();
  for (const text of ["203.0.113.1", "203.0.113.2", "203.0.113.1"]) {
    await firewall.apply({ shut: [{ target: target(text), timeoutMs: null, scope: "voip" }], open: [] });
  }
  expect(targetsOf(await firewall.held())).toEqual(["203.0.113.1", "203.0.113.2"]);
  await firewall.close();
});

function isAlive(pid: number): boolean {
  try {
    // A process that has ended and was not waited for yet is no longer running either.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
