import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { AclReport, EndpointAcl, EndpointAcls, Log } from "../../guard/ports.js";
import type { Control } from "../ami/control.js";
import { heldBy, putInForce } from "./change.js";
import { aclFolder, type AclFolder } from "./files.js";
import { editionAclName } from "./names.js";
import { planAcls, type AclPlan, type Endpoints } from "./plan.js";
import { editionInForce, endpointNames, isLoaded, sectionsOf, startOf } from "./questions.js";
import { readBack } from "./read-back.js";
import { aclTexts, type AclTexts } from "./text.js";

export interface EndpointAclsParts {
  readonly control: Pick<Control, "job">;
  /** Asterisk's own configuration folder, as seen from here. */
  readonly configDir: string;
  /** Endpoints that never get a list. */
  readonly trunks: () => Iterable<string>;
  readonly log: Log;
  /** How long Asterisk may take to read the files; by default 10 s, and 10 ms more for each endpoint. */
  readonly inForceMs?: number;
}

export interface AclState {
  /** Of the last run that went well; null before the first. */
  readonly report: AclReport | null;
  /** Unix milliseconds of that run. */
  readonly checkedAtMs: number | null;
  /** Why the last run failed; null where it went well. */
  readonly lastError: string | null;
  /** What a person should do about this Asterisk, in a sentence; null where there is nothing. */
  readonly warning: string | null;
}

export interface AsteriskAcls extends EndpointAcls {
  state(): AclState;
}

/** Lists in the files that Asterisk includes; see asterisk-conf/README.md for the lines that an admin writes once. */
export function endpointAcls(parts: EndpointAclsParts): AsteriskAcls {
  return new Acls(parts);
}

const IN_FORCE_MS = 10_000;
const IN_FORCE_MS_EACH = 10;
/** From one reload to the next. Whatever is wished for meanwhile goes with the next. */
const REST_MS = 1_000;
const WIZARD = "res_pjsip_config_wizard";
const WIZARD_WARNING = `Asterisk's module ${WIZARD} is loaded: with it, recent versions of Asterisk were seen to crash at a reload of ACLs. Write noload=${WIZARD}.so into modules.conf and restart Asterisk, if pjsip_wizard.conf is not needed`;
const NOTHING: AclReport = { inForce: [], impossible: new Map(), reloaded: "nothing", tookMs: 0 };

interface Standing {
  readonly texts: AclTexts;
  readonly salt: string;
  readonly mark: string;
  /** The start of the Asterisk that was seen to hold it. */
  readonly startedAt: string;
}

class Acls implements AsteriskAcls {
  private readonly folder: AclFolder;
  private wanted: ReadonlyMap<string, EndpointAcl> | null = null;
  private running: Promise<AclReport> | null = null;
  /** The run after the one under way, for all who asked meanwhile. */
  private next: Promise<AclReport> | null = null;
  private readAll = false;
  private stands: Standing | null = null;
  /** Endpoint to the ACL that it was seen to have. */
  private confirmed: ReadonlyMap<string, string> = new Map();
  private last: AclState = { report: null, checkedAtMs: null, lastError: null, warning: null };
  private reloadedAtMs = -REST_MS;

  constructor(private readonly parts: EndpointAclsParts) {
    this.folder = aclFolder(parts.configDir);
  }

  apply(wanted: ReadonlyMap<string, EndpointAcl>): Promise<AclReport> {
    this.wanted = new Map(wanted);
    return this.soon();
  }

  verify(): Promise<AclReport> {
    // Before the first wish nobody knows what is meant; what is in force stays.
    if (this.wanted === null) return Promise.resolve(NOTHING);
    this.readAll = true;
    return this.soon();
  }

  state(): AclState {
    return this.last;
  }

  private soon(): Promise<AclReport> {
    if (this.running === null) return this.begin();
    const begin = (): Promise<AclReport> => {
      this.next = null;
      return this.begin();
    };
    this.next ??= this.running.then(begin, begin);
    return this.next;
  }

  private begin(): Promise<AclReport> {
    const run = this.run().finally(() => {
      if (this.running === run) this.running = null;
    });
    this.running = run;
    return run;
  }

  private async run(): Promise<AclReport> {
    const { wanted } = this;
    if (wanted === null) return NOTHING;
    const readAll = this.readAll;
    this.readAll = false;
    try {
      const report = await this.bringAbout(wanted, readAll);
      this.last = { ...this.last, report, checkedAtMs: Date.now(), lastError: null };
      return report;
    } catch (error) {
      this.confirmed = new Map();
      this.readAll = true;
      this.last = { ...this.last, lastError: error instanceof Error ? error.message : String(error) };
      throw error;
    }
  }

  private async bringAbout(wanted: ReadonlyMap<string, EndpointAcl>, readAll: boolean): Promise<AclReport> {
    const beganMs = performance.now();
    const has = await this.endpoints();
    const startedAt = await this.parts.control.job(startOf);
    const held = await heldBy(this.folder);
    const salt = this.stands?.salt ?? newSalt();
    let plan = await planAcls(wanted, has, salt);
    let reloaded: AclReport["reloaded"] = "nothing";
    const needsNone = plan.wires.length === 0 && !held.wired && this.stands === null;
    if (!needsNone && !(await this.isInPlace(plan, held.texts, startedAt))) {
      plan = await this.change(wanted, has, startedAt);
      reloaded = "acl";
    }

    let seen = await this.confirm(plan, readAll || reloaded === "nothing");
    // What reads well on disk and is not in force is read again once: an endpoint was made by an older file.
    if (reloaded === "nothing" && [...seen.impossible.keys()].some((name) => this.confirmed.has(name))) {
      plan = await this.change(wanted, has, startedAt);
      reloaded = "acl";
      seen = await this.confirm(plan, true);
    }
    const inForce = new Set(seen.inForce);
    this.confirmed = new Map(
      plan.wires.flatMap(({ endpoint, acl }) => (inForce.has(endpoint) ? [[endpoint, acl] as const] : [])),
    );
    const impossible = new Map([...plan.impossible, ...seen.impossible]);
    return { inForce: seen.inForce, impossible, reloaded, tookMs: Math.round(performance.now() - beganMs) };
  }

  private async endpoints(): Promise<Endpoints> {
    const { control, trunks } = this.parts;
    const names = await control.job(endpointNames);
    const wizards = await control.job((ask) =>
      sectionsOf(ask, "pjsip_wizard.conf", { filter: "type=wizard" }),
    );
    return { names, wizards: new Set(wizards.keys()), trunks: new Set(trunks()) };
  }

  private async isInPlace(plan: AclPlan, held: AclTexts, startedAt: string): Promise<boolean> {
    const { stands } = this;
    if (stands === null || stands.startedAt !== startedAt) return false;
    if (!isSame(held, stands.texts)) return false;
    if (!isSame((await aclTexts(plan, stands.salt)).texts, stands.texts)) return false;
    const { control } = this.parts;
    if ((await control.job(editionInForce)) !== stands.mark) return false;
    // Asterisk goes on naming a list that it has lost.
    return (await control.job((ask) => sectionsOf(ask, "acl.conf", { section: stands.mark }))).has(
      stands.mark,
    );
  }

  private async change(
    wanted: ReadonlyMap<string, EndpointAcl>,
    has: Endpoints,
    startedAt: string,
  ): Promise<AclPlan> {
    const { control, log, inForceMs } = this.parts;
    const held = await heldBy(this.folder);
    const { stands } = this;
    const salt = newSalt();
    const plan = await planAcls(wanted, has, salt);
    const { texts, edition } = await aclTexts(plan, salt);
    const mark = editionAclName(edition);
    if (stands !== null && !isSame(held.texts, stands.texts)) {
      log.warn("Asterisk's lists were changed by other hands; they are written anew", {
        folder: this.parts.configDir,
      });
    }
    const change = {
      texts,
      mark,
      before: stands?.texts ?? held.texts,
      wiredBefore: held.wired,
    };
    await this.warn();
    const restMs = this.reloadedAtMs + REST_MS - performance.now();
    if (restMs > 0) await pause(restMs);
    const patienceMs = inForceMs ?? IN_FORCE_MS + IN_FORCE_MS_EACH * has.names.length;
    try {
      await putInForce(change, { control, folder: this.folder, inForceMs: patienceMs, log });
    } catch (error) {
      const left = await heldBy(this.folder);
      if (stands !== null && !isSame(left.texts, stands.texts)) this.stands = null;
      throw error;
    } finally {
      this.reloadedAtMs = performance.now();
    }
    this.stands = { texts, salt, mark, startedAt };
    log.info("Asterisk enforces new lists", { endpoints: plan.wires.length, edition });
    return plan;
  }

  private async warn(): Promise<void> {
    const { control, log } = this.parts;
    const warning = (await control.job((ask) => isLoaded(ask, WIZARD))) ? WIZARD_WARNING : null;
    if (warning !== null && warning !== this.last.warning) log.warn("Asterisk may crash", { warning });
    this.last = { ...this.last, warning };
  }

  /** Asks Asterisk of all endpoints, or of those alone that were not seen to have this list before. */
  private async confirm(plan: AclPlan, all: boolean): ReturnType<typeof readBack> {
    const { confirmed } = this;
    const open = all ? plan.wires : plan.wires.filter(({ endpoint, acl }) => confirmed.get(endpoint) !== acl);
    const seen = await readBack(this.parts.control, open);
    const asked = new Set(open.map(({ endpoint }) => endpoint));
    const known = plan.wires.flatMap(({ endpoint }) => (asked.has(endpoint) ? [] : [endpoint]));
    return { inForce: [...known, ...seen.inForce].sort(), impossible: seen.impossible };
  }
}

function isSame(a: AclTexts, b: AclTexts): boolean {
  return a.lists === b.lists && a.pjsip === b.pjsip && a.wizard === b.wizard;
}

function newSalt(): string {
  return randomBytes(8).toString("hex");
}
