import { type DialplanStep, type Route, routesOf } from "../domain/calling/routes.js";
import { RingfenceError } from "../domain/error.js";
import type { AsteriskInspection } from "./ports.js";

export interface Check {
  /** `ami`, `dialplan`, `routes`, … */
  readonly name: string;
  /** `fault`: something that must work does not. `warning`: a person should see to it. */
  readonly state: "ok" | "warning" | "fault";
  /** A fact. */
  readonly detail: string;
  /** What to do; null where nothing is. */
  readonly advice: string | null;
}

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** The dialplan's ways to the trunks; empty where it can't be read. */
  readonly routes: readonly Route[];
}

export interface DoctorParts {
  /** The guards of `status`, and its warnings. */
  readonly status: () => Promise<{
    readonly guards: readonly { name: string; up: boolean; vital: boolean; detail: string }[];
    readonly warnings: readonly string[];
  }>;
  readonly inspection: AsteriskInspection;
  readonly isTrunk: (endpoint: string) => boolean;
  /** Accounts whose list Asterisk does not enforce, with the reason. */
  readonly notEnforced: () => ReadonlyMap<string, string>;
}

/** The edition of asterisk-conf/extensions-ringfence.conf that this daemon goes with: an extension of `ringfence-edition`. */
export const EDITION = 3;
/** Rights that are as good as a shell on the PBX (CVE-2024-42365), and that nothing here needs. */
const DANGEROUS = ["originate", "command"];

/** Looks at everything that has to be right for the fence to stand, and says what to do. Never rejects: what can't be looked at is a
 *  finding as well. */
export async function diagnose(parts: DoctorParts): Promise<Diagnosis> {
  const { status, inspection } = parts;
  const { guards, warnings } = await status();
  const checks: Check[] = guards.map(({ name, up, vital, detail }) => ({
    name,
    state: up ? "ok" : vital ? "fault" : "warning",
    detail,
    advice: up ? null : (ADVICE[name] ?? null),
  }));
  for (const detail of warnings) checks.push({ name: "setup", state: "warning", detail, advice: null });
  const [rights, web, dialplan] = await Promise.all([
    checkRights(inspection),
    checkWeb(inspection),
    readDialplan(inspection),
  ]);
  checks.push(...rights, ...web, checkLists(parts.notEnforced()));
  if ("fault" in dialplan) return { checks: [...checks, dialplan.fault], routes: [] };
  const routes = routesOf(dialplan.steps, parts.isTrunk);
  return { checks: [...checks, checkEdition(dialplan.steps), ...checkRoutes(routes)], routes };
}

const ADVICE: Readonly<Record<string, string>> = {
  events:
    "See whether Asterisk runs, and compare `ami` in ringfence.yaml with manager.conf: ringfence check-config.",
  asterisk:
    "See whether Asterisk runs, and compare `ami` in ringfence.yaml with manager.conf: ringfence check-config.",
  calls:
    "Compare `ari` in ringfence.yaml with ari.conf and http.conf, and see that app_stasis and res_ari are loaded.",
  kernel:
    "With nftables or ipset see whether the daemon may change the firewall (CAP_NET_ADMIN), and that the program is installed; with asterisk-acl do as is said here.",
  prices:
    "Import the carrier's newest prices: ringfence rates import FILE --dry-run, then without --dry-run.",
  accounts: "See that acl.conf and pjsip.conf end with the lines of asterisk-conf/README.md.",
  mirror: "Put asterisk-conf/hep.conf.sample into hep.conf and restart Asterisk.",
};

async function checkRights(inspection: AsteriskInspection): Promise<Check[]> {
  return await looked("rights", async () => {
    const actions = await inspection.actions();
    const dangerous = DANGEROUS.filter((action) => actions.has(action));
    if (dangerous.length === 0) {
      return [ok("rights", "the AMI user has no right that is as good as a shell")];
    }
    return [
      {
        name: "rights",
        state: "warning",
        detail: `the AMI user may do ${dangerous.join(" and ")}: whoever learns its password has a shell on the PBX`,
        advice: "Give it read = security,system and write = system,reporting in manager.conf, and no more.",
      },
    ];
  });
}

async function checkWeb(inspection: AsteriskInspection): Promise<Check[]> {
  return await looked("web-manager", async () => {
    if (!(await inspection.webManager())) return [ok("web-manager", "the manager is not served over HTTP")];
    return [
      {
        name: "web-manager",
        state: "warning",
        detail:
          "the manager is served over HTTP: a login there can write whole events of its own into the stream",
        advice: "Set webenabled = no in manager.conf.",
      },
    ];
  });
}

async function readDialplan(
  inspection: AsteriskInspection,
): Promise<{ steps: readonly DialplanStep[] } | { fault: Check }> {
  try {
    return { steps: await inspection.dialplan() };
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    return {
      fault: {
        name: "dialplan",
        state: "warning",
        detail: `the dialplan could not be read: ${error.message}`,
        advice:
          error.code === "asterisk-unreachable"
            ? "Start Asterisk, and look at its manager.conf and at ami in Ringfence's configuration."
            : "For this look only, the AMI user needs write = system,reporting in manager.conf; then: asterisk -rx 'manager reload'.",
      },
    };
  }
}

function checkEdition(steps: readonly DialplanStep[]): Check {
  const isThere = steps.some(({ context, extension }) => context === "ringfence" && extension === "check");
  const editions = steps
    .filter(({ context }) => context === "ringfence-edition")
    .map(({ extension }) => Number(extension));
  const copy =
    "Copy asterisk-conf/extensions-ringfence.conf to /etc/asterisk/ringfence, and asterisk -rx 'dialplan reload'.";
  if (!isThere) {
    const detail = "Asterisk has no context ringfence: no call can be judged";
    const advice = `${copy} extensions.conf must end with #include ringfence/extensions-ringfence.conf.`;
    return { name: "dialplan", state: "fault", detail, advice };
  }
  if (editions.includes(EDITION)) return ok("dialplan", `the subroutine is of edition ${EDITION}`);
  const detail = `the subroutine in Asterisk is not of edition ${EDITION}, which goes with this daemon`;
  return { name: "dialplan", state: "warning", detail, advice: copy };
}

function checkRoutes(routes: readonly Route[]): Check[] {
  const of = (state: Route["state"]): Route[] => routes.filter((route) => route.state === state);
  const checks: Check[] = [];
  if (of("unguarded").length > 0) {
    checks.push({
      name: "routes",
      state: "fault",
      detail: `${counted(of("unguarded"))} to a trunk without a check: ${named(of("unguarded"))}`,
      advice: "Put Gosub(ringfence,check,1(${EXTEN})) ahead of Dial, and dial ${RINGFENCE_DIGITS}.",
    });
  }
  if (of("dials-other").length > 0) {
    checks.push({
      name: "routes",
      state: "fault",
      detail: `${counted(of("dials-other"))} what the caller wrote and not what was judged: ${named(of("dials-other"))}`,
      advice: "Dial ${RINGFENCE_DIGITS}: with ${EXTEN} a caller can name another destination behind an &.",
    });
  }
  if (of("unclear").length > 0) {
    checks.push({
      name: "routes",
      state: "warning",
      detail: `${counted(of("unclear"))} what stands in a variable, without a check ahead: ${named(of("unclear"))}`,
      advice: "If one of them leads outside, put the check ahead of it.",
    });
  }
  const guarded = of("guarded").length;
  if (checks.length > 0) return checks;
  if (guarded > 0) return [ok("routes", `every way to a trunk is judged (${guarded})`)];
  return [
    {
      name: "routes",
      state: "warning",
      detail: "the dialplan has no way to a trunk that Ringfence can see",
      advice: "If calls go out all the same, put Gosub(ringfence,check,1(${EXTEN})) ahead of their Dial.",
    },
  ];
}

function checkLists(notEnforced: ReadonlyMap<string, string>): Check {
  if (notEnforced.size === 0) return ok("lists", "Asterisk enforces all that was asked for");
  const some = [...notEnforced].slice(0, MOST_NAMED).map(([account, why]) => `${account}: ${why}`);
  return {
    name: "lists",
    state: "fault",
    detail: `Asterisk does not enforce the lists of ${notEnforced.size} accounts: ${some.join("; ")}`,
    advice: ADVICE["accounts"] ?? null,
  };
}

const MOST_NAMED = 5;

function counted(routes: readonly Route[]): string {
  return routes.length === 1 ? "1 extension dials" : `${routes.length} extensions dial`;
}

function named(routes: readonly Route[]): string {
  const names = routes.slice(0, MOST_NAMED).map(({ context, extension }) => `${extension} in ${context}`);
  if (routes.length > MOST_NAMED) names.push("…");
  return names.join(", ");
}

function ok(name: string, detail: string): Check {
  return { name, state: "ok", detail, advice: null };
}

/** What can't be looked at is said by its own check, without an alarm: the connection's check has told why. */
async function looked(name: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    return [{ name, state: "warning", detail: `could not be looked at: ${error.message}`, advice: null }];
  }
}
