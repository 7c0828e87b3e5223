import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import type { Namespace } from "./namespace.js";

/** A process in a namespace that sends and answers packets. */
export class Host {
  private readonly child: ChildProcess;
  private readonly answers: ((answer: unknown) => void)[] = [];

  constructor(private readonly namespace: Namespace) {
    const inside = [`--net=/run/netns/${namespace.name}`, process.execPath, join(__dirname, "peer.js")];
    this.child = spawn("nsenter", inside, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.child.stdout! }).on("line", (line) =>
      this.answers.shift()?.(JSON.parse(line)),
    );
  }

  echo(port: number): Promise<unknown> {
    return this.ask({ do: "echo", port });
  }

  udp(from: string, to: string, port: number): Promise<unknown> {
    return this.ask({ do: "udp", from, to, port });
  }

  /** Resolves to the error that came back for a datagram, such as `ECONNREFUSED`; null where none did. */
  udpError(from: string, to: string, port: number): Promise<unknown> {
    return this.ask({ do: "udpError", from, to, port });
  }

  /** Sends `count` datagrams as fast as it can. */
  flood(from: string, to: string, port: number, count: number): Promise<unknown> {
    return this.ask({ do: "flood", from, to, port, count });
  }

  connect(from: string, to: string, port: number): Promise<unknown> {
    return this.ask({ do: "connect", from, to, port });
  }

  say(): Promise<unknown> {
    return this.ask({ do: "say" });
  }

  ping(from: string, to: string): boolean {
    try {
      this.namespace.run("python3", join(__dirname, "ping.py"), from, to);
      return true;
    } catch (error) {
      // Anything but 1 without a word (no python3, no right to a raw socket) fails the test.
      const { status, stderr } = error as { status?: number; stderr?: string };
      if (status === 1 && stderr === "") return false;
      throw error;
    }
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await exited;
  }

  private ask(command: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve) => {
      this.answers.push(resolve);
      this.child.stdin!.write(`${JSON.stringify(command)}\n`);
    });
  }
}
