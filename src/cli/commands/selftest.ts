import type { Command } from "commander";
import type {
  AddBanJson,
  AllowListPreviewJson,
  BanJson,
  DoctorJson,
  LiftedJson,
  ShownBansJson,
  StatusJson,
  VerdictJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import type { Client } from "../client.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { EXIT, Refused } from "../exit.js";

interface Trial {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Nobody has an address here (RFC 1112, 4), so whoever is shut out there is nobody. */
const NOBODYS_FIRST = 240;
/** So that nothing is left where the command is interrupted. */
const FOR = "60s";
const NOTE = "ringfence selftest";

/** Exit 1 where a trial failed. */
export function addSelftest(program: Command, context: Context): void {
  const { printer } = context;
  const command = answering(
    program
      .command("selftest")
      .description(
        "tries the running daemon from end to end, without harm: shuts out and lifts an address that nobody can have, judges calls that nobody makes; exit 1 if something failed",
      ),
  );
  example(command, "selftest").action(async (options: { json?: true }) => {
    const client = clientOf(context, command);
    // Out of reach is another status than a trial that failed.
    await client.get<StatusJson>(paths.status);
    const trials: Trial[] = [];
    for (const [name, run] of TRIALS) {
      const trial = { name, ...(await tried(() => run(client))) };
      trials.push(trial);
      if (!options.json)
        printer.line(
          `${trial.ok ? "ok    " : "FAILED"}  ${name}: ${trial.detail}`,
          trial.ok ? "plain" : "red",
        );
    }
    if (options.json) printer.json({ trials });
    if (trials.some(({ ok }) => !ok)) context.exitStatus = EXIT.refused;
  });
}

type Run = (client: Client) => Promise<Omit<Trial, "name">>;

const TRIALS: readonly (readonly [string, Run])[] = [
  ["doctor", installed],
  ["ban", shutsOut],
  ["emergency call", (client) => judges(client, "112", "allow")],
  ["call to nowhere", (client) => judges(client, "no number", "refuse")],
  ["registrations", looksThrough],
];

/** What the daemon refuses is what a trial is for; that it is gone is not. */
async function tried(run: () => Promise<Omit<Trial, "name">>): Promise<Omit<Trial, "name">> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, detail: error.message };
  }
}

async function installed(client: Client): Promise<Omit<Trial, "name">> {
  const { checks } = await client.get<DoctorJson>(paths.doctor);
  const faults = checks.filter(({ state }) => state === "fault");
  if (faults.length === 0) return { ok: true, detail: `${checks.length} checks, no fault` };
  return {
    ok: false,
    detail: `${faults.map(({ detail }) => detail).join("; ")} (ringfence doctor says what to do)`,
  };
}

/** Decided, stored, put into the kernel, seen again, and lifted. */
async function shutsOut(client: Client): Promise<Omit<Trial, "name">> {
  const part = (): number => Math.floor(Math.random() * 256);
  const target = `${NOBODYS_FIRST + Math.floor(Math.random() * 15)}.${part()}.${part()}.${1 + Math.floor(Math.random() * 254)}`;
  const wish: AddBanJson = { target, duration: FOR, note: NOTE };
  await client.send<BanJson>("POST", paths.bans, wish);
  try {
    const { inForce } = await client.get<ShownBansJson>(paths.ban(target));
    const { guards } = await client.get<StatusJson>(paths.status);
    const kernel = guards.find(({ name }) => name === "kernel");
    if (inForce.length === 0) return { ok: false, detail: `${target} was shut out, and is not in force` };
    if (kernel?.up !== true) return { ok: false, detail: kernel?.detail ?? "nothing shuts sources out" };
  } finally {
    await client.send<LiftedJson>("DELETE", paths.ban(target));
  }
  const { inForce } = await client.get<ShownBansJson>(paths.ban(target));
  if (inForce.length > 0) return { ok: false, detail: `${target} was let in again, and is still shut out` };
  return { ok: true, detail: `${target}, which nobody has, was shut out and let in again` };
}

async function judges(
  client: Client,
  number: string,
  decision: VerdictJson["decision"],
): Promise<Omit<Trial, "name">> {
  const body = { from: "selftest", number, trunk: null };
  const verdict = await client.send<VerdictJson>("POST", paths.checkCall, body);
  return { ok: verdict.decision === decision, detail: `${verdict.decision}: ${verdict.detail}` };
}

/** Asks Asterisk who is registered, as a preview does, and whether it enforces what the lists say. */
async function looksThrough(client: Client): Promise<Omit<Trial, "name">> {
  const { guards } = await client.get<StatusJson>(paths.status);
  const lists = guards.find(({ name, up }) => name === "accounts" && !up);
  if (lists !== undefined) return { ok: false, detail: lists.detail };
  const wish = { on: true, entries: [{ entry: "240.0.0.1" }] };
  const { throwsOut } = await client.send<AllowListPreviewJson>("POST", paths.previewAllowList, wish);
  return {
    ok: true,
    detail: `Asterisk told of ${throwsOut.length} that a list of one address would throw out; nothing was changed`,
  };
}
