import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import BetterSqlite from "better-sqlite3";
import type { SpendsJson } from "../../src/http/contract.js";
import { daemon, eventually, guardsUp, ringfence, ringfenceJson } from "./daemon.js";
import {
  addresses,
  labDown,
  labUp,
  runFolder,
  sendSip,
  sipp,
  sippServe,
  spawnIn,
  startAsterisk,
  stopAsterisk,
} from "./lab.js";

/** Every kind of notice by what really happens, to a real mail server and a real receiver of webhooks. Needs `npm run build`. */
const version = "22";
const LONDON = "011442079460123";
const phone = addresses.phones[0]!;

interface Arrived {
  readonly by: "mail" | "webhook" | "slack" | "ready";
  readonly text: string;
  readonly signature?: string;
}

let office: ChildProcess;
let carrier: ReturnType<typeof sippServe>;
const arrived: Arrived[] = [];

jest.setTimeout(300_000);

beforeAll(async () => {
  await labDown(version);
  await labUp(version);
  office = spawnIn(version, "pbx", [process.execPath, join(__dirname, "post-office.mjs")]);
  office.stderr!.pipe(process.stderr);
  createInterface({ input: office.stdout! }).on("line", (line) => arrived.push(JSON.parse(line) as Arrived));
  await eventually("the post office is open", () => arrived.length === 2, 60_000);
  carrier = sippServe(version, "carrier", "carrier-answer", { from: addresses.carrier });
  await daemon.start(version);
  await guardsUp(version);
  const deck = join(runFolder(version), "deck.csv");
  // A tenth of a cent a second.
  writeFileSync(deck, "prefix,price,minimum,increment\n44,0.06,1,1\n1,0.01,60,60\n");
  await must("rates", "import", deck);
  await must("areas", "allow", "GB");
  await must("limits", "off", "attempts");
  const settings = join(runFolder(version), "notifications.json");
  const all = ["email", "webhook", "slack"];
  writeFileSync(
    settings,
    JSON.stringify({
      email: {
        host: "127.0.0.1",
        port: 2525,
        security: "none",
        from: "a@example.org",
        to: ["b@example.org"],
      },
      webhook: { url: "http://127.0.0.1:8099/hook", secret: "a secret of sixteen".replaceAll(" ", "-") },
      slack: { url: "http://127.0.0.1:8099/slack" },
      collectMinutes: 1,
      kinds: { "emergency-call": all },
    }),
  );
  await must("notifications", "set", settings);
}, 16 * 60_000);

afterAll(async () => {
  process.stdout.write(`notifications that arrived: ${arrived.length}\n`);
  await carrier.stop();
  office.kill("SIGKILL");
  await labDown(version);
}, 60_000);

const must = async (...args: string[]) => {
  const told = await ringfence(version, ...args);
  expect({ args, ...told }).toMatchObject({ status: 0 });
};
/** Waits until mail, webhook and Slack have all brought `title`, and gives what each said. A minute is collected, at most. */
async function toldOf(
  title: string,
  withinMs = 150_000,
): Promise<Record<"mail" | "webhook" | "slack", string>> {
  const by = (way: Arrived["by"]) =>
    arrived.find(({ by: via, text }) => via === way && text.includes(title))?.text;
  return eventually(
    `${title} arrives by each way`,
    () => {
      const [mail, webhook, slack] = [by("mail"), by("webhook"), by("slack")];
      return mail === undefined || webhook === undefined || slack === undefined
        ? null
        : { mail, webhook, slack };
    },
    withinMs,
  );
}
const call = (name: string, dialled: string, more: object = {}) =>
  sipp(version, "phones", name, { ...{ from: phone, account: "100", patienceMs: 20_000, dialled }, ...more });

test("the first country, and spend at 80, 95 and 100 %", async () => {
  expect(await call("call", LONDON)).toMatchObject({ successful: 1 });
  const { webhook } = await toldOf("An extension called a country for the first time");
  expect(webhook).toContain("Extension 100 called United Kingdom for the first time");
  const spent = await eventually("the call is settled", async () => {
    const { total } = await ringfenceJson<SpendsJson>(version, "spend", "100");
    return total.runningCalls === 0 && Number(total.spentUsd) > 0 ? Number(total.spentUsd) : null;
  });
  // What was spent is more and more of what may be.
  for (const percent of [80, 95]) {
    await must("limits", "set", "100", "spend", ((spent / (percent + 1)) * 100).toFixed(6));
    await toldOf(`Spend has reached ${percent} % of a limit`);
  }
  expect(await call("call-refused", LONDON)).toMatchObject({ successful: 1 });
  await toldOf("A spend limit is reached");
  await must("limits", "inherit", "100");
});

test("a known source that is shut out, with what its attacker wrote made harmless", async () => {
  const from = addresses.phones[20]!;
  const registered = await sipp(version, "phones", "register", { from, account: "102", transport: "tcp" });
  expect(registered).toMatchObject({ successful: 1 });
  const user = "%3C!channel%3E%3Cscript%3E{n}";
  await sendSip(version, "phones", [
    "--from",
    from,
    "--count",
    "12",
    "--tcp",
    "--wait-ms",
    "300",
    "--user",
    user,
  ]);
  const { mail, slack, webhook } = await toldOf("A known source was shut out");
  expect(webhook).toContain(from);
  const { text } = JSON.parse(slack) as { text: string };
  expect(text).not.toMatch(/<!channel>|<script/);
  expect(mail.toLowerCase()).not.toMatch(/content-type: text\/html/);
});

test("an account under attack from many sources", async () => {
  await must("detection", "set", "account-sources", "5");
  for (const from of addresses.attackers.slice(30, 38)) {
    const wrong = `Digest username="104",realm="asterisk",nonce="{nonce}",uri="sip:192.0.2.1",response="{response:wrong}"`;
    await sendSip(version, "attacker", [
      ...["--from", from, "--count", "2", "--user", "104", "--username", "104", "--authorization", wrong],
    ]);
  }
  const { webhook } = await toldOf("An account is under attack");
  expect(webhook).toMatch(/sources tried extension 104 and failed/);
});

test("of a flood of happenings the first is told at once, and all others in one", async () => {
  const mails = () =>
    arrived.filter(({ by, text }) => by === "mail" && text.includes("An emergency call was made"));
  expect(await call("call", "911", { calls: 15, callsPerSecond: 5, timeoutMs: 60_000 })).toMatchObject({
    successful: 15,
  });
  await eventually("the others arrive", () => mails().length > 1, 150_000);
  expect(mails().map(({ text }) => /made \((\d+) times\)/.exec(text)?.[1] ?? "1")).toEqual(["1", "14"]);
});

test("a deck that is too old", async () => {
  await daemon.stop(version);
  const db = new BetterSqlite(join(runFolder(version), "ringfence.db"));
  db.prepare("UPDATE decks SET imported_at_ms = imported_at_ms - ?").run(40 * 86_400_000);
  db.close();
  await daemon.start(version);
  const { webhook } = await toldOf("A rate deck is too old");
  expect(webhook).toContain("The rate deck default is 40 days old");
});

test("the fence down, and up again", async () => {
  await stopAsterisk(version);
  await toldOf("The fence is down", 240_000);
  await startAsterisk(version);
  await toldOf("The fence is up again", 240_000);
});

test("every webhook was signed", () => {
  const hooks = arrived.filter(({ by }) => by === "webhook");
  expect(hooks.length).toBeGreaterThan(5);
  for (const { signature } of hooks) expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
});
