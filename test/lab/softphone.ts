import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passwordOf } from "./addresses.js";
import { execIn, spawnIn, type AsteriskVersion } from "./lab.js";

export interface PhoneOptions {
  readonly account: string;
  /** Its registrar, as it stands in a SIP address: `192.0.2.1;transport=tcp`, `[2001:db8:0:1::1]`. */
  readonly server: string;
}

/** baresip as the telephone of one account on the host `phones`, with a folder of its own. */
export class Softphone {
  private readonly folder = mkdtempSync(join(tmpdir(), "ringfence-baresip-"));
  private readonly argv: readonly string[];
  private ended: Promise<void> | null = null;
  private kill: () => void = () => undefined;
  /** What the running one printed so far, its SIP messages included. */
  said = "";

  constructor(
    private readonly version: AsteriskVersion,
    { account, server }: PhoneOptions,
  ) {
    cpSync(join(__dirname, "baresip"), this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, "accounts"),
      `<sip:${account}@${server}>;auth_user=${account};auth_pass=${passwordOf(account)};regint=300;answermode=auto\n`,
    );
    const config = join(this.folder, "config");
    // The lab's certificate is its own.
    const text = `${readFileSync(config, "utf8").replace("0.0.0.0:5066", "")}\nsip_verify_server no\n`;
    writeFileSync(config, text);
    const family = server.startsWith("[") ? ["-6"] : [];
    this.argv = ["baresip", "-f", this.folder, "-n", "eth0", ...family];
  }

  /** Runs until `end`. */
  start(): void {
    const child = spawnIn(this.version, "phones", [...this.argv, "-s"]);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.said += chunk.toString()));
    }
    this.ended = new Promise((done) => child.once("close", () => done()));
    this.kill = () => void child.kill("SIGKILL");
  }

  /** Runs for `seconds`; gives what it printed. */
  async runs(seconds: number): Promise<string> {
    const { stdout, stderr } = await execIn(this.version, "phones", [...this.argv, "-t", `${seconds}`]);
    return stdout + stderr;
  }

  /** Tells the running one: `dial` with a number, `hold`, `resume`, `hangup`. */
  async tell(command: string, ...parameters: string[]): Promise<void> {
    const script = join(__dirname, "baresip-command.mjs");
    await execIn(this.version, "phones", [process.execPath, script, command, ...parameters]);
  }

  /** Without a farewell: its registration stays. */
  async end(): Promise<void> {
    this.kill();
    await this.ended;
  }

  /** Ends it, and removes its folder. */
  async remove(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
