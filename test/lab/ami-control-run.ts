import { startControl } from "../../src/asterisk/ami/control.js";
import { expireContacts } from "../../src/asterisk/expired-contacts.js";
import { registrar } from "../../src/asterisk/registrar.js";
import type { Log } from "../../src/guard/ports.js";
import { answerFrom } from "./answer-from.js";

/** Drives the control connection from within the PBX's namespace. */
const said: string[] = [];
const say = (message: string, fields?: object): void =>
  void said.push(`${message} ${JSON.stringify(fields)}`);
const log: Log = { error: say, warn: say, info: say, debug: say };
const options = JSON.parse(process.argv[2] ?? "") as Parameters<typeof startControl>[0];
const control = startControl(options, { log, random: Math.random });

async function run([method, ...rest]: unknown[]): Promise<unknown> {
  switch (method) {
    case "facts":
      return control.facts();
    case "replaceDb":
      return control.replaceDb(rest[0] as string, new Map(rest[1] as [string, string][]));
    case "expire": {
      // What lists contacts needs no ARI.
      const contacts = await registrar(control, { url: "", username: "", password: "" }).contacts();
      const ids = contacts.filter(({ endpoint }) => endpoint === rest[0]).map(({ id }) => id);
      return control.job((ask) => expireContacts(ask, ids));
    }
    case "state":
      return { ...control.state(), said };
    default:
      throw new Error(`no such method: ${String(method)}`);
  }
}

answerFrom(run, () => control.stop());
