import { RingfenceError } from "../../domain/error.js";
import type { Ask } from "./control.js";
import { availableActions } from "./facts.js";

/** Makes an AstDB family hold exactly `entries`, and reads it back. Writes what differs and nothing else. */
export async function replaceDb(
  ask: Ask,
  family: string,
  entries: ReadonlyMap<string, string>,
): Promise<void> {
  if (!/^[^/\s]+$/.test(family)) refuse(`"${family}" is not a family: write a name without "/" and blanks`);
  for (const [key, value] of entries) checkEntry(key, value);
  const readable = (await availableActions(ask)).has("dbgettree");
  let held: ReadonlyMap<string, string> = new Map();
  if (readable) held = await read(ask, family);
  // Asterisk before 16.25 can't list a family. Its answer is the same whether there was anything to delete or not.
  else await ask("DBDelTree", { Family: family });

  for (const [key, value] of entries) {
    if (held.get(key) !== value) await demand(ask, "DBPut", { Family: family, Key: key, Val: value });
  }
  for (const key of held.keys()) {
    if (!entries.has(key)) await ask("DBDel", { Family: family, Key: key });
  }
  if (readable) verify(family, entries, await read(ask, family));
}

function checkEntry(key: string, value: string): void {
  const shown = JSON.stringify(key.slice(0, 60));
  if (key === "" || key !== key.trim()) refuse(`${shown} is not a key: write one without blanks around it`);
  if (value !== value.trim()) refuse(`the value of ${shown} has blanks around it, which AMI takes away`);
}

async function read(ask: Ask, family: string): Promise<Map<string, string>> {
  const { items } = await demand(ask, "DBGetTree", { Family: family });
  const held = new Map<string, string>();
  // Asterisk compares with LIKE: `_` in the family stands for any letter, and case is ignored.
  const prefix = `/${family}/`;
  for (const item of items) {
    const path = item.get("key") ?? "";
    if (path.startsWith(prefix)) held.set(path.slice(prefix.length), item.get("val") ?? "");
  }
  return held;
}

function verify(
  family: string,
  wanted: ReadonlyMap<string, string>,
  held: ReadonlyMap<string, string>,
): void {
  const wrong = [...new Set([...wanted.keys(), ...held.keys()])].filter(
    (key) => wanted.get(key) !== held.get(key),
  );
  if (wrong.length === 0) return;
  const names = wrong.slice(0, 5).join(", ");
  throw new RingfenceError("asterisk-refused", `AstDB did not keep ${family}: ${names} differ after writing`);
}

async function demand(ask: Ask, action: string, fields: Readonly<Record<string, string>>): ReturnType<Ask> {
  const answer = await ask(action, fields);
  if (answer.ok) return answer;
  const about = [fields["Family"], fields["Key"]].filter(Boolean).join("/");
  const why = answer.message.get("message") ?? "no reason given";
  throw new RingfenceError("asterisk-refused", `AMI action ${action} ${about}: ${why}`);
}

function refuse(message: string): never {
  throw new RingfenceError("config", message);
}
