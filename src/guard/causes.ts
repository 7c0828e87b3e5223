import type { Source } from "../domain/address.js";
import type { BanEvidence, Proof, Standing, Trigger } from "../domain/intrusion/ban.js";
import { causeOf, type CauseFound } from "../domain/intrusion/cause.js";
import type { DeviceSeen, TriedAccount } from "../domain/intrusion/cause-facts.js";
import type { Accounts } from "./accounts.js";

export interface CausesParts {
  readonly accounts: Pick<Accounts, "standingOf" | "nearest" | "authNamesOf">;
  /** When a password of `account` last succeeded from `source`; null: never heard of. */
  readonly lastSuccessAtMs: (account: string, source: Source) => number | null;
  /** What the mirror (HEP) showed; always null without it. */
  readonly deviceOf: (source: Source, account: string) => DeviceSeen | null;
}

/** What a source, or an account there, was found guilty of. */
export interface Suspicion {
  readonly source: Source;
  readonly trigger: Trigger;
  readonly standing: Standing;
  readonly proof: Proof;
  readonly evidence: BanEvidence;
}

export interface Explained extends CauseFound {
  /** With confidence, advice, and what the devices call themselves; its own sentence stays as it was, for it may be shown to
   *  anybody, and `summary` may not. */
  readonly evidence: BanEvidence;
}

const KEPT = 20;
/** Asterisk asks no password for these: an ACK only ends a call that was refused. */
const NEVER_CHALLENGED: ReadonlySet<string> = new Set(["ACK", "CANCEL"]);

/** Works out what a ban or block comes from, with what is known here of accounts and devices. */
export class Causes {
  constructor(private readonly parts: CausesParts) {}

  explain({ source, trigger, standing, proof, evidence }: Suspicion): Explained {
    const { accounts, lastSuccessAtMs } = this.parts;
    const tried = evidence.tried.map(({ name }): TriedAccount => {
      return {
        name,
        state: accounts.standingOf(name, evidence.services).state,
        nearest: accounts.nearest(name),
        lastSuccessAtMs: lastSuccessAtMs(name, source),
        device: this.deviceOf(source, name),
      };
    });
    const found = causeOf({ trigger, standing, proof, evidence, accounts: tried });
    const devices = tried.flatMap(({ device }) => device ?? []);
    const { confidence, advice } = found;
    return {
      ...found,
      evidence: {
        ...evidence,
        userAgents: distinct([
          ...evidence.userAgents,
          ...devices.flatMap(({ userAgent }) => userAgent ?? []),
        ]),
        methods: distinct([
          ...evidence.methods,
          ...devices.flatMap(({ methods }) =>
            Object.keys(methods).filter((name) => !NEVER_CHALLENGED.has(name)),
          ),
        ]),
        confidence,
        advice,
      },
    };
  }

  /** The mirror knows a device by the user name of its password, where that differs from the account's. */
  private deviceOf(source: Source, name: string): DeviceSeen | null {
    const names = [name, ...this.parts.accounts.authNamesOf(name)];
    for (const each of names) {
      const device = this.parts.deviceOf(source, each);
      if (device !== null) return device;
    }
    return null;
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].slice(0, KEPT);
}
