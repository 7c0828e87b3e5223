import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let made = 0;

/** A network namespace of the test's own. Throws, and so fails the test, where none can be made: that needs root. */
export class Namespace {
  readonly name = `rffw-${process.pid}-${++made}`;
  /** Runs nft inside. */
  readonly nft: string;
  private readonly folder: string;

  constructor() {
    run("ip", ["netns", "add", this.name]);
    this.ip("link", "set", "lo", "up");
    this.folder = mkdtempSync(join(tmpdir(), "ringfence-ns-"));
    this.nft = this.script("nft", 'exec nft "$@"');
  }

  ip(...args: string[]): string {
    return run("ip", ["-n", this.name, ...args]);
  }

  /** What `command` printed, run inside. */
  run(command: string, ...args: string[]): string {
    return run(command, args, this.name);
  }

  /** What `command` printed, run inside with `input` on its stdin. */
  feed(input: string, command: string, ...args: string[]): string {
    return execFileSync("nsenter", [`--net=/run/netns/${this.name}`, command, ...args], {
      encoding: "utf8",
      timeout: 20_000,
      input,
    });
  }

  /** The programs of the ipset backend, run inside. */
  ipsetTools(): { ipset: string; iptables: string; ip6tables: string } {
    for (const name of ["iptables", "ip6tables"]) {
      for (const part of ["-save", "-restore"]) this.script(name + part, `exec ${name}${part} "$@"`);
    }
    return {
      ipset: this.script("ipset", 'exec ipset "$@"'),
      iptables: join(this.folder, "iptables"),
      ip6tables: join(this.folder, "ip6tables"),
    };
  }

  /** Takes every rule and set away, the ones of iptables too. */
  clear(): void {
    this.run("nft", "flush", "ruleset");
    this.run("ipset", "destroy");
  }

  /** Path of an executable that runs `line` (sh) inside. */
  script(name: string, line: string): string {
    const path = join(this.folder, name);
    const inside = `if [ -z "$RF_INSIDE" ]; then RF_INSIDE=1 exec nsenter --net=/run/netns/${this.name} "$0" "$@"; fi`;
    writeFileSync(path, `#!/bin/sh\n${inside}\n${line}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  remove(): void {
    run("ip", ["netns", "del", this.name]);
    rmSync(this.folder, { recursive: true });
  }
}

/** Connects two namespaces by a cable; `addresses` of each side with their masks. */
export function connect(a: Namespace, aAddresses: string[], b: Namespace, bAddresses: string[]): void {
  run("ip", ["-n", a.name, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", b.name]);
  for (const [side, addresses] of [
    [a, aAddresses],
    [b, bAddresses],
  ] as const) {
    for (const address of addresses) {
      side.ip("address", "add", address, "dev", "wire", ...(address.includes(":") ? ["nodad"] : []));
    }
    side.ip("link", "set", "wire", "up");
  }
}

function run(command: string, args: readonly string[], inside?: string): string {
  const whole =
    inside === undefined ? [command, ...args] : ["nsenter", `--net=/run/netns/${inside}`, command, ...args];
  return execFileSync(whole[0]!, whole.slice(1), {
    encoding: "utf8",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "pipe"],
  });
}
