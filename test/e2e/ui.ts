import { readFileSync, writeFileSync } from "node:fs";
import type { StatusJson } from "../../src/http/contract.js";
import { daemon, eventually, ringfenceJson } from "../lab/daemon.js";
import { type AsteriskVersion, labDown, labUp, runFolder } from "../lab/lab.js";

/** The web UI of the daemon beside the lab's Asterisk. */
export interface Ui {
  readonly version: AsteriskVersion;
  /** For a browser on the host `pbx`: what an admin at the machine itself opens. */
  readonly local: string;
  /** For a browser on any host of the lab. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const PORT = 8787;
const PASSWORD = "a lab's first password";

/** A fresh lab with the daemon in it, its UI open to every host of the lab; ends one that was there. The build in dist runs.
 *  @param tls a certificate and its key, PEM files: then it is https */
export async function uiUp(
  version: AsteriskVersion,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Ui> {
  await labDown(version);
  await labUp(version);
  const run = runFolder(version);
  const passwordFile = `${run}/first-password`;
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  writeFileSync(
    `${run}/ringfence.yaml`,
    `ami: { host: 127.0.0.1, port: 5038, user: ringfence }
ari: { url: "http://127.0.0.1:8088", user: ringfence }
asterisk: { configDir: ${run}/etc }
database: ${run}/ringfence.db
firewall: { backend: nftables }
http: { socket: ${run}/ringfence.sock, listen: "0.0.0.0:${PORT}", firstPasswordFile: ${passwordFile}${tls === undefined ? "" : `, tls: ${JSON.stringify(tls)}`} }
`,
  );
  await daemon.start(version);
  await eventually(
    "the fence stands",
    async () => {
      const { guards } = await ringfenceJson<StatusJson>(version, "status");
      return ["events", "calls"].every((name) => guards.find((guard) => guard.name === name)?.up);
    },
    30_000,
  );
  const scheme = tls === undefined ? "http" : "https";
  return {
    version,
    local: `${scheme}://127.0.0.1:${PORT}`,
    url: `${scheme}://192.0.2.1:${PORT}`,
    user: "admin",
    password: PASSWORD,
  };
}

/** Ends the lab. Throws where the daemon logged an error: a page must not break the daemon either. */
export async function uiDown({ version }: Ui): Promise<void> {
  const errors = readFileSync(`${runFolder(version)}/ringfence.log`, "utf8")
    .split("\n")
    .filter((line) => line.includes('"level":"error"'));
  await labDown(version);
  if (errors.length > 0) throw new Error(`the daemon logged errors:\n${errors.slice(0, 10).join("\n")}`);
}
