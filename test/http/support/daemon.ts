import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileBin } from "../../cli/support/bin.js";
import { ask } from "./api.js";
import { PASSWORD, sessionOf, type SignedIn, type Web } from "./web.js";

/** The whole daemon, its own database and threads with it, without an Asterisk and without rights over the kernel. */
export interface OwnDaemon {
  readonly port: number;
  readonly send: Web["send"];
  /** A new session of the first user. */
  admin(): Promise<SignedIn>;
  signIn(name: string, password: string): Promise<SignedIn>;
  /** Lines of the log at the level `error`. */
  errors(): string[];
  stop(): Promise<void>;
}

/** @param settings of the configuration file, by section */
export async function startDaemon(settings: Readonly<Record<string, object>> = {}): Promise<OwnDaemon> {
  const bin = compileBin();
  const folder = mkdtempSync(join(tmpdir(), "ringfence-daemon-"));
  const port = await freePort();
  const [password, log, file] = ["password", "ringfence.log", "ringfence.yaml"].map((name) =>
    join(folder, name),
  );
  writeFileSync(password ?? "", PASSWORD, { mode: 0o600 });
  const config = {
    ami: { port: 1, secret: "a" },
    ari: { url: "http://127.0.0.1:1", password: "b" },
    asterisk: { configDir: folder },
    database: join(folder, "ringfence.db"),
    firewall: { backend: "dry-run" },
    hep: { listen: null },
    http: {
      ...{ socket: join(folder, "run", "ringfence.sock"), listen: `127.0.0.1:${port}` },
      firstPasswordFile: password,
    },
    log: { level: "info", file: log },
    ...settings,
  };
  writeFileSync(file ?? "", JSON.stringify(config), { mode: 0o600 });
  const child = bin.start(["run", "--config", file ?? ""]);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const send: Web["send"] = (method, path, body, headers = {}) =>
    ask({ host: "127.0.0.1", port, method, path, headers }, body);
  const signIn = async (user: string, secret: string) =>
    sessionOf(user, await send("POST", "/api/v1/session", { user, password: secret }), send);
  const deadline = Date.now() + 60_000;
  for (;;) {
    const up = await send("GET", "/healthz").then(
      () => true,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the daemon does not answer: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    send,
    signIn,
    admin: () => signIn("admin", PASSWORD),
    errors: () =>
      readFileSync(log ?? "", "utf8")
        .split("\n")
        .filter((line) => line.includes('"level":"error"')),
    async stop() {
      child.kill("SIGTERM");
      const status = await ended;
      rmSync(folder, { recursive: true, force: true });
      bin.remove();
      if (status !== 0) throw new Error(`the daemon ended with ${status}: ${said}`);
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once("error", reject)
      .listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(port));
      });
  });
}
