import { writeFileSync, appendFileSync } from "node:fs";
import { parseTarget } from "../../src/domain/address.js";
import { WHOLE_MINUTES } from "../../src/domain/calling/cost.js";
import type { E164, Verdict } from "../../src/domain/calling/verdict.js";
import { NO_FINDINGS } from "../../src/domain/intrusion/ban.js";
import { activityStore } from "../../src/sqlite/activity-store.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { callLogStore } from "../../src/sqlite/call-log-store.js";
import { type Database, openDatabase } from "../../src/sqlite/database.js";
import { daemon, ringfence } from "../lab/daemon.js";
import { runFolder } from "../lab/lab.js";
import { mmdb } from "../mmdb.js";
import type { Ui } from "./ui.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of networks that belong to nobody (RFC 2544), a piece a country, the busiest first. */
const COUNTRIES = ["NL", "US", "RU", "CN", "DE", "FR", "VN", "BR", "IN", "SC", "ID", "BG", "PS", "KR"];
const CAUSES = ["attack", "attack", "attack", "attack", "stale-device", "typo"] as const;
const DECK = `Code,Destination,Rate
1,United States and Canada,0.0080
1876,Jamaica,0.2100
1876555,Jamaica mobile,0.3100
33,France,0.0110
336,France mobile,0.0420
371,Latvia,0.1200
3712,Latvia mobile,0.4500
44,United Kingdom,0.0090
447,United Kingdom mobile,0.0310
49,Germany,0.0120
491,Germany mobile,0.0380
53,Cuba,0.8900
`;
const CALLED = [
  { area: "US", number: "+12125550", type: "fixed", micros: 8_000, every: 2 },
  { area: "GB", number: "+44207946", type: "fixed", micros: 9_000, every: 3 },
  { area: "DE", number: "+49302312", type: "fixed", micros: 12_000, every: 5 },
  { area: "LV", number: "+37120000", type: "mobile", micros: 120_000, every: 43 },
] as const;

/** Gives the lab's daemon the past that an office's would have, with where its attackers are; it starts anew with it. */
export async function aBusyMonth({ version }: Ui): Promise<void> {
  const run = runFolder(version);
  await daemon.stop(version);
  const db = openDatabase(`${run}/ringfence.db`);
  db.transaction(() => fill(db, Date.now())).immediate();
  db.close();
  const network = { autonomous_system_number: 64_496, autonomous_system_organization: "Example Hosting" };
  const piece = (n: number) => `198.18.${n}.0/24`;
  writeFileSync(
    `${run}/country.mmdb`,
    mmdb(COUNTRIES.map((code, n) => [piece(n), { country: { iso_code: code } }] as const)),
  );
  writeFileSync(`${run}/network.mmdb`, mmdb(COUNTRIES.map((_, n) => [piece(n), network] as const)));
  appendFileSync(
    `${run}/ringfence.yaml`,
    `geo: { country: ${run}/country.mmdb, network: ${run}/network.mmdb }\n`,
  );
  await daemon.start(version);
  writeFileSync(`${run}/deck.csv`, DECK);
  for (const args of [
    ["rates", "import", `${run}/deck.csv`],
    ["areas", "allow", "US", "CA", "GB", "DE", "FR", "LV"],
  ]) {
    const told = await ringfence(version, ...args);
    if (told.status !== 0) throw new Error(`ringfence ${args.join(" ")}: ${told.stderr}${told.stdout}`);
  }
}

function fill(db: Database, nowMs: number): void {
  activity(db, nowMs);
  bans(db, nowMs);
  calls(db, nowMs);
}

/** Attacks come in waves, calls by day. */
function activity(db: Database, nowMs: number): void {
  const store = activityStore(db);
  for (let hour = 0; hour < 60 * 24; hour++) {
    const atMs = nowMs - hour * HOUR_MS;
    const wave = 1 + Math.sin(hour / 5) + 0.6 * Math.sin(hour / 1.7) + (hour % 31 === 6 ? 3 : 0);
    const attempts = Math.max(6, Math.round(40 * wave));
    const isByDay = Math.abs((new Date(atMs).getUTCHours() % 24) - 13) < 5;
    const refused = isByDay ? hour % 4 : 0;
    store.add(
      atMs - (atMs % HOUR_MS),
      new Map([
        ["attempts", attempts],
        ["bans", Math.round(attempts / 14)],
        ["calls-allowed", isByDay ? 22 + (hour % 9) : 1],
        ["calls-refused", refused],
        ["refused-micros", refused * 310_000],
      ] as const),
    );
  }
}

function bans(db: Database, nowMs: number): void {
  const store = banStore(db);
  for (let n = 0; n < 160; n++) {
    // The first countries have the most of them.
    const country = Math.min(COUNTRIES.length - 1, Math.floor((n * n) / 1_900));
    const read = parseTarget(`198.18.${country}.${1 + n}`);
    if ("error" in read) throw new Error(read.error);
    const fromMs = nowMs - Math.round(((160 - n) / 160) * 23 * HOUR_MS);
    const [name, tries] = [String(100 + (n % 9)), 8 + ((n * 7) % 40)];
    const seen = { firstAtMs: fromMs - 14_000, lastAtMs: fromMs, gapMs: 400, gapDeviationMs: 30 };
    store.add({
      ...{ target: read.target, cause: CAUSES[n % CAUSES.length] ?? "attack", trigger: "attempts" },
      ...{ standing: "stranger", proof: "returned", scope: "host", rung: 1 + (n % 4) },
      ...{ fromMs, untilMs: n % 3 === 0 ? nowMs + (n % 50) * HOUR_MS : fromMs + 900_000 },
      ...{ note: null, by: "ringfence" },
      evidence: {
        ...NO_FINDINGS,
        ...{ attempts: tries, accounts: [name], firstAtMs: seen.firstAtMs, lastAtMs: fromMs },
        ...{ services: ["PJSIP"], transports: ["TCP"], methods: ["REGISTER"], ports: 1, confidence: 0.93 },
        summary: `${tries} wrong passwords for ${name} in 14 s`,
        tried: [{ name, tries, ...seen, kinds: ["wrong-password"] }],
        userAgents: ["friendly-scanner"],
        advice: "Nothing to do if nobody of yours is there.",
        story: `It guessed passwords of ${name}, evenly, none right.`,
      },
    });
  }
}

function calls(db: Database, nowMs: number): void {
  const store = callLogStore(db);
  const total = 700;
  for (let n = 0; n < total; n++) {
    const to = CALLED.toReversed().find(({ every }) => n % every === 0) ?? CALLED[0];
    const from = String(100 + (to.area === "LV" ? [1, 4, 7][n % 3]! : n % 8));
    const number = `${to.number}${String((n * 48_271) % 1_000).padStart(3, "0")}` as E164;
    const atMs = nowMs - Math.round(((total - n) / total) * 27 * DAY_MS);
    const rate = { deck: "default", prefix: number.slice(1, 4), destination: to.area };
    const verdict: Verdict = {
      ...{ decision: "allow", reason: "allowed", detail: `Let through by the global list: ${to.area}.` },
      ...{ from, number, area: to.area, numberType: to.type, policyVersion: 1 },
      ...{ digits: `011${number.slice(1)}`, rule: `global list: ${to.area}` },
      rate: { ...rate, microsPerMinute: to.micros, ...WHOLE_MINUTES },
      cap: { microsPerMinute: 250_000, scope: "global" },
    };
    const channelId = `${Math.floor(atMs / 1000)}.${n}`;
    store.add({ atMs, channelId, trunk: "carrier", payer: "endpoint", tookMs: 1, verdict });
  }
}
