import type { Compiled } from "../compiled.js";
import type { Wanted } from "./acl-run.js";
import { secrets } from "./addresses.js";
import { Beside } from "./beside.js";
import { runFolder, type AsteriskVersion } from "./lab.js";

const { host, port, user, password: secret } = secrets.ami;

/** What the lists' adapter says of what it did. */
export interface Report {
  inForce: string[];
  impossible: Record<string, string>;
  reloaded: string;
}

/** The lists' adapter, running beside Asterisk as the daemon does. */
export class AclsBeside extends Beside {
  constructor(version: AsteriskVersion, compiled: Compiled) {
    super(version, compiled, "test/lab/acl-run.ts", {
      ami: { host, port, user, secret },
      configDir: `${runFolder(version)}/etc`,
      trunks: ["carrier"],
    });
  }

  apply(wanted: Wanted): Promise<Report> {
    return this.value("apply", wanted);
  }

  verify(): Promise<Report> {
    return this.value("verify");
  }
}
