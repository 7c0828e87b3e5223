import type { AttemptKind } from "../../../src/domain/intrusion/attempt.js";
import { NO_FINDINGS, type AccountTries, type Trigger } from "../../../src/domain/intrusion/ban.js";
import type { AccountState, CauseFacts, DeviceSeen } from "../../../src/domain/intrusion/cause-facts.js";

export const NOW = Date.UTC(2026, 10, 20, 12);
export const DAY = 86_400_000;

/** One tried name: tries, and the seconds between them with their mean deviation. */
export interface Tried {
  name?: string;
  tries?: number;
  gap?: number | null;
  deviation?: number;
  kinds?: readonly AttemptKind[];
  state?: AccountState;
  nearest?: string | null;
  /** Days since its password last succeeded from here. */
  workedDaysAgo?: number | null;
  device?: Partial<DeviceSeen> | null;
}

export interface Situation {
  trigger?: Trigger;
  standing?: CauseFacts["standing"];
  proof?: CauseFacts["proof"];
  tried?: readonly Tried[];
  /** Hours since any password last succeeded from here. */
  successHoursAgo?: number;
  methods?: readonly string[];
  userAgents?: readonly string[];
  aclNames?: readonly string[];
  attempts?: number;
  services?: readonly string[];
  /** Names beyond those in `tried`. */
  moreNames?: readonly string[];
}

export function factsOf(situation: Situation): CauseFacts {
  const { trigger = "attempts", standing = "stranger", proof = "returned", tried = [] } = situation;
  const tries = tried.map(triesOf);
  const worked = tried.flatMap(({ workedDaysAgo }) => workedDaysAgo ?? []);
  const lastHours = situation.successHoursAgo ?? (worked.length === 0 ? null : Math.min(...worked) * 24);
  return {
    trigger,
    standing,
    proof,
    evidence: {
      attempts: situation.attempts ?? tries.reduce((sum, each) => sum + each.tries, 0),
      accounts: [...tries.map(({ name }) => name), ...(situation.moreNames ?? [])],
      firstAtMs: tries.length === 0 ? null : Math.min(...tries.map((each) => each.firstAtMs)),
      lastAtMs: tries.length === 0 ? null : NOW,
      services: situation.services ?? ["pjsip"],
      transports: ["udp"],
      tried: tries,
      ports: 1,
      aclNames: situation.aclNames ?? NO_FINDINGS.aclNames,
      lastSuccessAtMs: lastHours === null ? null : NOW - lastHours * 3_600_000,
      userAgents: situation.userAgents ?? [],
      methods: situation.methods ?? [],
    },
    accounts: tried.map((each, at) => ({
      name: tries[at]?.name ?? "",
      state: each.state ?? "exists",
      nearest: each.nearest ?? null,
      lastSuccessAtMs: each.workedDaysAgo == null ? null : NOW - each.workedDaysAgo * DAY,
      device:
        each.device == null ? null : { userAgent: null, methods: {}, registerEveryMs: null, ...each.device },
    })),
  };
}

function triesOf({ name = "104", tries = 10, gap = null, deviation = 0, kinds, state }: Tried): AccountTries {
  const spanMs = gap === null ? 0 : gap * 1_000 * Math.max(0, tries - 1);
  const known = state === undefined || state === "exists";
  return {
    name,
    tries,
    firstAtMs: NOW - spanMs,
    lastAtMs: NOW,
    gapMs: gap === null ? null : gap * 1_000,
    gapDeviationMs: gap === null ? null : deviation * 1_000,
    kinds: kinds ?? [known ? "wrong-password" : "unknown-account"],
  };
}
