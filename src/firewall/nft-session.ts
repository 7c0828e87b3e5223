import { spawn, type ChildProcessByStdio } from "node:child_process";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { RingfenceError } from "../domain/error.js";
import { environment, unlessHeardAfter, type Tool } from "./tool.js";

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** What nft said to one line: null where it took it. */
type Answer = string | null;

interface Running {
  readonly child: Child;
  lines: number;
  said: string;
  /** Whether it has ever acknowledged a line; one that never does is of no use. */
  proven: boolean;
  waiting: Waiting | null;
}

interface Waiting {
  readonly mark: string;
  readonly settle: (answer: Answer | Error) => void;
  /** What is listed comes on another pipe than the acknowledgement, and may come after it. */
  readonly listing: Listing | null;
  answer: Answer | undefined;
}

/** Takes what nft prints, and knows when it is whole. */
export interface Listing {
  read(text: string): void;
  isDone(): boolean;
}

/** An interactive nft keeps what it was told; after so many lines a fresh one takes its place. */
const LINES = 1_000;
/** More than a few milliseconds are not worth waiting for: a process of its own does the same. */
const PATIENCE_MS = 1_000;
/** After a session broke, the next one is tried this much later; until then each change has a process of its own. */
const REST_MS = 60_000;

/** One nft that stays (`nft -i`) and takes changes line by line, some ten times as fast as a process for each. It tells of errors only,
 *  so each change is followed by a word that no nft knows: the complaint about that word says that the change is done. */
export class NftSession {
  private running: Running | null = null;
  private notBeforeMs = 0;
  private count = 0;
  private closed = false;

  constructor(
    private readonly nft: Tool,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Whether `run` may be called. One call at a time. */
  isReady(): boolean {
    return !this.closed && this.nowMs() >= this.notBeforeMs;
  }

  /** Starts nft, so that the next change need not wait for that. */
  warm(): void {
    if (this.isReady()) this.running ??= this.begin();
  }

  /** Makes one change; `script` is a transaction of one or more lines. Resolves to null where it is in force, to what nft said where it refused and
   *  nothing is changed. Rejects with a RingfenceError where the session broke; then nobody knows. */
  run(script: string): Promise<Answer> {
    return this.say(script.trimEnd().replaceAll("\n", "; "), null);
  }

  /** Gives what the commands of `script` list, one a line, to `listing`. Resolves to null where it is whole, to what nft said where it
   *  refused. Rejects as `run` does. */
  ask(script: string, listing: Listing): Promise<Answer> {
    return this.say(script.trimEnd(), listing);
  }

  private async say(script: string, listing: Listing | null): Promise<Answer> {
    const running = this.running ?? this.begin();
    running.lines += 1;
    const mark = `done${++this.count}`;
    const answer = await this.tell(running, `${script}\n${mark}\n`, mark, listing);
    if (answer === null || typeof answer === "string") {
      if (running.lines >= LINES) {
        this.retire();
        this.warm();
      }
      return answer;
    }
    await this.kill(running);
    this.notBeforeMs = this.nowMs() + (running.proven && !isMissing(answer) ? 0 : REST_MS);
    throw new RingfenceError("firewall", `the nft session broke: ${answer.message}`, { cause: answer });
  }

  close(): void {
    this.closed = true;
    this.retire();
  }

  private tell(
    running: Running,
    text: string,
    mark: string,
    listing: Listing | null,
  ): Promise<Answer | Error> {
    return new Promise((resolve) => {
      const cancel = unlessHeardAfter(PATIENCE_MS, () => settle(new Error("no answer")));
      const settle = (answer: Answer | Error): void => {
        cancel();
        running.waiting = null;
        resolve(answer);
      };
      running.said = "";
      running.waiting = { mark, settle, listing, answer: undefined };
      running.child.stdin.write(text);
    });
  }

  private begin(): Running {
    const child = spawn(this.nft.binary, ["-i"], { stdio: ["pipe", "pipe", "pipe"], env: environment() });
    const running: Running = { child, lines: 0, said: "", proven: false, waiting: null };
    const broke = (error: Error): void => {
      if (this.running === running) this.running = null;
      running.waiting?.settle(error);
    };
    child.once("error", broke);
    child.once("exit", () => broke(new Error("it ended")));
    // It may end before it has read everything (EPIPE); its end, which follows, is what counts.
    child.stdin.on("error", () => undefined);
    child.stderr.setEncoding("utf8").on("data", (text: string) => hear(running, text));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      running.waiting?.listing?.read(text);
      settleIfWhole(running);
    });
    this.running = running;
    // Whoever waits for an answer keeps the program going; an idle session does not.
    child.unref();
    for (const end of [child.stdin, child.stdout, child.stderr]) if (end instanceof Socket) end.unref();
    return running;
  }

  /** One that did not answer could still make the change when another has been made since. */
  private async kill({ child }: Running): Promise<void> {
    this.running = null;
    child.stdin.destroy();
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    child.kill("SIGKILL");
    await ended;
  }

  private retire(): void {
    // At the end of its input nft ends by itself; one that hangs does not.
    const child = this.running?.child;
    this.running = null;
    if (child === undefined) return;
    child.stdin.end();
    setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS).unref();
  }
}

/** The complaint is three lines: `Error: syntax error, …`, the line with the mark, and a line that points to it. */
function hear(running: Running, text: string): void {
  running.said += text;
  const { waiting } = running;
  if (waiting === null) return;
  const at = running.said.indexOf(`\n${waiting.mark}\n`);
  if (at < 0 || running.said.indexOf("^\n", at) < 0) return;
  running.proven = true;
  const before = running.said.slice(0, running.said.lastIndexOf("\n", at - 1) + 1).trim();
  waiting.answer = before === "" ? null : before;
  settleIfWhole(running);
}

function settleIfWhole({ waiting }: Running): void {
  if (waiting?.answer === undefined) return;
  if (waiting.answer !== null || waiting.listing === null || waiting.listing.isDone())
    waiting.settle(waiting.answer);
}

function isMissing(error: Error): boolean {
  return "code" in error && error.code === "ENOENT";
}
