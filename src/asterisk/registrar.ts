import http from "node:http";
import { formatIp, parseIp } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type { Contact, Registrar } from "../guard/ports.js";
import type { Control } from "./ami/control.js";
import { availableActions } from "./ami/facts.js";
import { ask } from "./ari/rest.js";
import type { AriSettings } from "./ari/settings.js";
import { expireContacts } from "./expired-contacts.js";

const DEADLINE_MS = 5_000;

/** The registrations of PJSIP: listed over AMI, taken away over ARI, which tells all of Asterisk; AMI's DBDel, where ARI can't be
 *  reached, takes them away silently (both seen on Asterisk 16 and 22). */
export function registrar(control: Pick<Control, "job">, ari: AriSettings): Registrar {
  // Asterisk makes a thread for each connection, and a change of a list may throw out thousands.
  const agent = ari.url.startsWith("https:") ? false : new http.Agent({ keepAlive: true, maxSockets: 4 });
  return {
    contacts: () =>
      control.job(async (askAmi) => {
        // An empty list is an error to AMI.
        const { ok, items } = await askAmi("PJSIPShowContacts");
        if (!ok && !(await availableActions(askAmi)).has("pjsipshowcontacts")) {
          throw new RingfenceError(
            "asterisk-refused",
            "AMI offers no PJSIPShowContacts: give the user write = system",
          );
        }
        return items.flatMap((item) => contactOf(item) ?? []);
      }),

    expire: (contacts) =>
      control.job(async (askAmi) => {
        await expireContacts(
          askAmi,
          contacts.map(({ id }) => id),
        );
      }),

    remove: async ({ id }) => {
      const path = `/ari/asterisk/config/dynamic/res_pjsip/contact/${encodeURIComponent(id)}`;
      const gone = (error: unknown): null => {
        if (error instanceof RingfenceError) return null;
        throw error;
      };
      // A connection that was kept may have died meanwhile: then one of its own.
      const answer =
        (await ask(ari, "DELETE", path, DEADLINE_MS, { agent }).catch(gone)) ??
        (await ask(ari, "DELETE", path, DEADLINE_MS).catch(gone));
      if (answer !== null && (answer.status === 204 || answer.status === 404)) return;
      // The answer is the same whether or not there was anything to delete.
      await control.job((askAmi) => askAmi("DBDel", { Family: "registrar/contact", Key: id }));
    },

    endCalls: async (isOut) => {
      const { status, body } = await ask(ari, "GET", "/ari/channels", DEADLINE_MS);
      if (status !== 200 || !Array.isArray(body)) {
        throw new RingfenceError("asterisk-refused", `ARI did not list the channels: HTTP ${status}`);
      }
      let ended = 0;
      for (const channel of body as unknown[]) {
        const call = callOf(channel);
        if (call === null) continue;
        const address = await addressOf(ari, call.id);
        if (address === null || !isOut(call.endpoint, address)) continue;
        const hungUp = await ask(ari, "DELETE", `/ari/channels/${encodeURIComponent(call.id)}`, DEADLINE_MS);
        if (hungUp.status === 204) ended++;
      }
      return ended;
    },
  };
}

/** Null where it is no registration: a contact that the configuration itself gives has `@@` in its id. */
function contactOf(item: ReadonlyMap<string, string>): Contact | null {
  const id = item.get("objectname") ?? "";
  if (item.get("event") !== "ContactList" || !id.includes(";@") || id.includes("@@")) return null;
  const aor = id.slice(0, id.lastIndexOf(";@"));
  return {
    id,
    endpoint: item.get("endpoint") || aor,
    session: item.get("callid") ?? "",
    claims: hostOf(item.get("uri") ?? ""),
    isBehindProxy: (item.get("path") ?? "") !== "",
    userAgent: item.get("useragent") || null,
  };
}

/** `sip:100@[2001:db8::10]:5060;transport=tcp`; null where the host is no address. */
function hostOf(uri: string): string | null {
  const match = /^sips?:(?:[^@]*@)?(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?:[:;>?]|$)/i.exec(uri);
  return match?.[1] ?? match?.[2] ?? null;
}

function callOf(channel: unknown): { readonly id: string; readonly endpoint: string } | null {
  const { id, name } = (channel ?? {}) as { id?: unknown; name?: unknown };
  if (typeof id !== "string" || typeof name !== "string") return null;
  const endpoint = /^PJSIP\/(.+)-[0-9a-f]{8}$/.exec(name)?.[1];
  return endpoint === undefined ? null : { id, endpoint };
}

/** Where the packets of a call come from; null where the call is over. */
async function addressOf(ari: AriSettings, id: string): Promise<string | null> {
  const variable = encodeURIComponent("CHANNEL(pjsip,remote_addr)");
  const path = `/ari/channels/${encodeURIComponent(id)}/variable?variable=${variable}`;
  const { status, body } = await ask(ari, "GET", path, DEADLINE_MS);
  const { value } = (body ?? {}) as { value?: unknown };
  if (status !== 200 || typeof value !== "string") return null;
  const ip = parseIp(/^\[?([^\]]+?)\]?:\d+$/.exec(value)?.[1] ?? value);
  return ip === null ? null : formatIp(ip);
}
