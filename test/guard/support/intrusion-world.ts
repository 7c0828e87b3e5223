import type { Source } from "../../../src/domain/address.js";
import type { Ban, Block, Lock, NewBan, Standing } from "../../../src/domain/intrusion/ban.js";
import { Devices } from "../../../src/domain/intrusion/devices.js";
import { Nonces } from "../../../src/domain/intrusion/nonces.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import type { BanRefusal } from "../../../src/guard/bans.js";
import { Intrusion } from "../../../src/guard/intrusion.js";
import type { Happening } from "../../../src/guard/ports.js";
import { script, source, T0 } from "../../domain/intrusion/script.js";

export const WHO = source("203.0.113.12");
export const HOUR = 3_600_000;

/** A ban book, known sources, a clock and listeners in memory. */
export function world(standing: Standing = "stranger") {
  const bans: Ban[] = [];
  const blocks: Block[] = [];
  const locks: Lock[] = [];
  const names: string[] = [];
  const told: Happening[] = [];
  const logged: string[] = [];
  const saw: [Source, string, number][] = [];
  const state = { nowMs: T0, settings: DEFAULT_INTRUSION, answer: "ban" as "ban" | "refuse" | "throw" };
  const banOf = (target: string) =>
    bans.find((ban) => ban.target === target && (ban.untilMs ?? Infinity) > state.nowMs) ?? null;
  const ban = (plan: NewBan): Ban | BanRefusal => {
    if (state.answer === "throw") throw new Error("database is locked");
    if (state.answer === "refuse")
      return { refused: "protected", message: "It belongs to the trunk carrier." };
    const made = { ...plan, id: bans.length + 1, liftedAtMs: null, liftedBy: null };
    bans.unshift(made);
    return made;
  };
  const log = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
  const intrusion = new Intrusion({
    settings: () => state.settings,
    standingOf: () => standing,
    whySpared: () => null,
    known: {
      saw: (...args) => void saw.push(args),
      of: () => [],
      lastSuccessAtMs: (account) => (standing === "known" && account === null ? T0 - 3 * HOUR : null),
    },
    accounts: { saw: (name) => void names.push(name), exists: (name) => ["100", "101"].includes(name) },
    causes: {
      explain: ({ evidence }) => ({
        cause: "outdated-credentials",
        confidence: 0.7,
        advice: "Enter the new password.",
        hint: "Extension 100.",
        summary: "A phone tries extension 100.",
        evidence: { ...evidence, confidence: 0.7, advice: "Enter the new password." },
      }),
    },
    blocks: {
      blockOf: (account, at) =>
        blocks.find((block) => block.account === account && block.source === at) ?? null,
      historyOf: () => blocks,
      block: (plan) => {
        if (state.answer === "throw") throw new Error("database is locked");
        const made = { ...plan, id: blocks.length + 1, liftedAtMs: null, liftedBy: null };
        blocks.unshift(made);
        return made;
      },
    },
    locks: {
      lockOf: (account) => locks.find((lock) => lock.account === account) ?? null,
      lock: ({ account, sources, lockMs, by }) => {
        const lock: Lock = {
          ...{ id: locks.length + 1, account, sources, by, liftedAtMs: null, liftedBy: null },
          ...{ fromMs: state.nowMs, untilMs: state.nowMs + lockMs },
        };
        locks.push(lock);
        return lock;
      },
    },
    nonces: new Nonces(),
    devices: new Devices(),
    bans: { banOf, ban, historyOf: (target) => bans.filter((each) => each.target === target) },
    clock: { nowMs: () => state.nowMs },
    random: () => 0.5,
    tell: (happening) => void told.push(happening),
    log: { error: log("error"), warn: log("warn"), info: log("info"), debug: log("debug") },
  });
  /** Plays `count` wrong passwords on 100, a second apart. */
  const fail = (count: number) => {
    for (let i = 0; i < count; i++) {
      state.nowMs += 1000;
      for (const event of script("F(100)", { atMs: state.nowMs })) intrusion.observe(event);
    }
  };
  return { intrusion, bans, blocks, locks, names, told, logged, saw, state, fail };
}
