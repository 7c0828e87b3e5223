import { RingfenceError } from "../../domain/error.js";
import type { Ask } from "../ami/control.js";
import type { Message } from "../ami/control-message.js";
import { availableActions } from "../ami/facts.js";
import { EDITION_ENDPOINT } from "./names.js";

/** 5,000 lists of 50 entries took 3 s (acl) and a minute (res_pjsip) on a busy machine. */
const RELOAD_MS = 120_000;
/** Requests under way at a time. */
const AT_ONCE = 8;

/** All of these need no more of the AMI user than write=system. */

export async function endpointNames(ask: Ask): Promise<string[]> {
  // An empty list is an error to AMI, as is an action that is not there.
  const { items } = await ask("PJSIPShowEndpoints");
  return items.flatMap((item) =>
    item.get("event") === "EndpointList" ? (item.get("objectname") ?? []) : [],
  );
}

/** The first ACL of each endpoint as it is in force: its name, `deny/permit` for one without a name, empty where the endpoint has
 *  none, and null where there is no such endpoint. Asterisk shows the first alone. */
export async function aclsInForce(
  ask: Ask,
  endpoints: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>();
  const rest = endpoints.values();
  const work = async (): Promise<void> => {
    for (const endpoint of rest) {
      const { items } = await ask("PJSIPShowEndpoint", { Endpoint: endpoint });
      const detail = items.find((item) => item.get("event") === "EndpointDetail");
      found.set(endpoint, detail === undefined ? null : (detail.get("acl") ?? ""));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

export async function editionInForce(ask: Ask): Promise<string | null> {
  return (await aclsInForce(ask, [EDITION_ENDPOINT])).get(EDITION_ENDPOINT) ?? null;
}

/** Lines such as `acl=ringfence_100` of the sections of a file that match, as Asterisk itself reads the file now, includes and
 *  all. A file or section that is not there has none. */
export async function sectionsOf(
  ask: Ask,
  file: string,
  only: { readonly section?: string; readonly filter?: string },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const fields: Record<string, string> = { Filename: file };
  if (only.section !== undefined) fields["Category"] = only.section;
  if (only.filter !== undefined) fields["Filter"] = only.filter;
  const { ok, message } = await ask("GetConfig", fields);
  if (!ok && !(await availableActions(ask)).has("getconfig")) {
    throw new RingfenceError("asterisk-refused", "AMI offers no GetConfig: give the user write = system");
  }
  return ok ? readSections(message) : new Map();
}

/** `Category-000001: 100`, `Line-000001-000000: type=endpoint`. */
function readSections(message: Message): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  const byNumber = new Map<string, string[]>();
  for (const [header, value] of message) {
    const category = /^category-(\d+)$/.exec(header)?.[1];
    const line = /^line-(\d+)-\d+$/.exec(header)?.[1];
    if (category !== undefined) {
      // Asterisk may have several of one name; their lines count together.
      const lines = sections.get(value) ?? [];
      sections.set(value, lines);
      byNumber.set(category, lines);
    } else if (line !== undefined) byNumber.get(line)?.push(value);
  }
  return sections;
}

/** When this Asterisk was started, as it says itself: changes with each restart. */
export async function startOf(ask: Ask): Promise<string> {
  const { message } = await ask("CoreStatus");
  const [date, time] = [message.get("corestartupdate"), message.get("corestartuptime")];
  if (date === undefined || time === undefined) {
    throw new RingfenceError("asterisk-refused", "AMI's CoreStatus does not say since when Asterisk runs");
  }
  return `${date} ${time}`;
}

export async function isLoaded(ask: Ask, module: string): Promise<boolean> {
  // An error says that it is not.
  return (await ask("ModuleCheck", { Module: module })).ok;
}

/** Rejects where Asterisk refuses. That it does not refuse says nothing: it calls a reload that it could not do a success. */
export async function reload(ask: Ask, module: "acl" | "res_pjsip.so"): Promise<void> {
  const { ok, message } = await ask("Reload", { Module: module }, RELOAD_MS);
  if (ok) return;
  throw new RingfenceError(
    "asterisk-refused",
    `AMI refused to reload ${module}: ${message.get("message") ?? "no reason given"}`,
  );
}
