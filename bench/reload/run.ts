import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { aclFolder } from "../../src/asterisk/acl/files.js";
import { editionInForce, reload } from "../../src/asterisk/acl/questions.js";
import { type Ask, startControl } from "../../src/asterisk/ami/control.js";
import { ask as askAri } from "../../src/asterisk/ari/rest.js";
import { expireContacts } from "../../src/asterisk/expired-contacts.js";
import { secrets } from "../../test/lab/addresses.js";
import { policyOf, textsOf } from "../lists.js";

/** On the host of Asterisk: FOLDER EXTENSIONS ROUNDS PHONES. Prints a line of JSON. */
const [folderName = "", ...numbers] = process.argv.slice(2);
const [extensions = 0, rounds = 0, phones = 0] = numbers.map(Number);

const FAMILY = "registrar/contact";
/** Of Asterisk, to take 5,000 endpoints in. */
const PATIENCE_MS = 120_000;
const { host, port, user, password: secret } = secrets.ami;
const quiet = (): void => undefined;
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const control = startControl(
  { host, port, user, secret, actionMs: PATIENCE_MS, pingMs: PATIENCE_MS, jobMs: PATIENCE_MS },
  { log, random: Math.random },
);
const folder = aclFolder(folderName);

/** Milliseconds until the answer, and until what was written is in force. */
async function reloads(module: "acl" | "res_pjsip.so", salt: string): Promise<[number, number]> {
  const texts = await textsOf(policyOf(extensions, salt.length), salt);
  await folder.write("lists", texts.lists);
  await folder.write("pjsip", texts.pjsip);
  const begunMs = performance.now();
  await control.job((ask) => reload(ask, module));
  const answeredMs = performance.now() - begunMs;
  while ((await control.job(editionInForce)) !== texts.mark) {
    if (performance.now() - begunMs > PATIENCE_MS) throw new Error(`${module}: not in force`);
    await pause(20);
  }
  return [answeredMs, performance.now() - begunMs];
}

/** Registrations as Asterisk writes them down. */
async function registered(): Promise<string[]> {
  const ids = Array.from(
    { length: phones },
    (_, n) => `${1_000 + n};@0123456789abcdef0123456789abcd${n % 10}`,
  );
  await each(ids, (ask, id) => {
    const name = id.slice(0, id.indexOf(";"));
    const at = {
      uri: `sip:${name}@198.51.100.10:5060`,
      endpoint: name,
      via_addr: "198.51.100.10",
      via_port: "5060",
    };
    const until = String(Math.floor(Date.now() / 1_000) + 3_600);
    const rest = {
      call_id: id,
      user_agent: "Phone",
      path: "",
      expiration_time: until,
      qualify_frequency: "0",
    };
    return ask("DBPut", { Family: FAMILY, Key: id, Val: JSON.stringify({ ...at, ...rest }) });
  });
  return ids;
}

async function each(ids: readonly string[], one: (ask: Ask, id: string) => Promise<unknown>): Promise<void> {
  await control.job((ask) => atOnce(32, ids, (id) => one(ask, id)));
}

async function atOnce(
  many: number,
  ids: readonly string[],
  one: (id: string) => Promise<unknown>,
): Promise<void> {
  const rest = ids.values();
  const work = async (): Promise<void> => {
    for (const id of rest) await one(id);
  };
  await Promise.all(Array.from({ length: many }, work));
}

/** Through ARI, over so many connections. */
async function removed(ids: readonly string[], connections: number): Promise<void> {
  const { user: username, password } = secrets.ari;
  const ari = { url: `http://${secrets.ari.host}:${secrets.ari.port}`, username, password };
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const path = "/ari/asterisk/config/dynamic/res_pjsip/contact";
  await atOnce(connections, ids, async (id) => {
    const { status } = await askAri(ari, "DELETE", `${path}/${encodeURIComponent(id)}`, PATIENCE_MS, {
      agent,
    });
    if (status !== 204) throw new Error(`ARI did not remove ${id}: HTTP ${status}`);
  });
  agent.destroy();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}

const WAYS: Readonly<Record<string, (ids: readonly string[]) => Promise<unknown>>> = {
  "ARI, 1 connection": (ids) => removed(ids, 1),
  "ARI, 4 connections": (ids) => removed(ids, 4),
  "ARI, 8 connections": (ids) => removed(ids, 8),
  "AMI DBDel, which nobody in Asterisk hears of": (ids) =>
    each(ids, (ask, id) => ask("DBDel", { Family: FAMILY, Key: id })),
  "AMI, marked as expired": (ids) => control.job((ask) => expireContacts(ask, ids)),
};

async function measure(): Promise<unknown> {
  const acl: [number, number][] = [];
  const pjsip: [number, number][] = [];
  // The first gives each endpoint its list, the others change all lists.
  for (let n = 0; n <= rounds; n++) acl.push(await reloads("acl", "a".repeat(n + 1)));
  for (let n = 0; n < rounds; n++) pjsip.push(await reloads("res_pjsip.so", `b${"b".repeat(n + 1)}`));
  const ways: Record<string, number> = {};
  for (const [name, way] of Object.entries(WAYS)) {
    const ids = await registered();
    ways[name] = await timed(() => way(ids));
  }
  const ids = await registered();
  const texts = await textsOf(policyOf(extensions, 9), "c");
  await folder.write("lists", texts.lists);
  await folder.write("pjsip", texts.pjsip);
  await control.job((ask) => reload(ask, "acl"));
  ways["ARI, 4 connections, while Asterisk reads its lists"] = await timed(() => removed(ids, 4));
  return { acl, pjsip, ways };
}

void measure()
  .then((found) => process.stdout.write(`${JSON.stringify(found)}\n`))
  .finally(() => control.stop());
