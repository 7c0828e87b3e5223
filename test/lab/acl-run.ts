import { endpointAcls } from "../../src/asterisk/acl/endpoint-acls.js";
import { startControl } from "../../src/asterisk/ami/control.js";
import type { Target } from "../../src/domain/address.js";
import type { AclReport, EndpointAcl, Log } from "../../src/guard/ports.js";
import { answerFrom } from "./answer-from.js";

/** Drives the endpoint ACLs from within the PBX's namespace. */
const said: string[] = [];
const say = (message: string, fields?: object): void =>
  void said.push(`${message} ${JSON.stringify(fields)}`);
const log: Log = { error: say, warn: say, info: say, debug: say };
const options = JSON.parse(process.argv[2] ?? "") as {
  ami: Parameters<typeof startControl>[0];
  configDir: string;
  trunks: string[];
};
const control = startControl(options.ami, { log, random: Math.random });
const acls = endpointAcls({ control, configDir: options.configDir, trunks: () => options.trunks, log });

export type Wanted = readonly [string, { permit: string[] | null; deny: string[] }][];

const wishOf = (wanted: Wanted): ReadonlyMap<string, EndpointAcl> =>
  new Map(
    wanted.map(([name, { permit, deny }]) => [
      name,
      { permit: permit as Target[] | null, deny: deny as Target[] },
    ]),
  );
const plain = (report: AclReport): object => ({
  ...report,
  impossible: Object.fromEntries(report.impossible),
});

async function run([method, ...rest]: unknown[]): Promise<unknown> {
  switch (method) {
    case "apply":
      return plain(await acls.apply(wishOf(rest[0] as Wanted)));
    case "applyAll":
      return Promise.all((rest[0] as Wanted[]).map(async (each) => plain(await acls.apply(wishOf(each)))));
    case "verify":
      return plain(await acls.verify());
    case "state":
      return { lastError: acls.state().lastError, said };
    default:
      throw new Error(`no such method: ${String(method)}`);
  }
}

answerFrom(run, () => control.stop());
