import { execFile } from "node:child_process";
import { RingfenceError } from "../domain/error.js";

export interface NftProcess {
  /** Path or name of nft, 1.0 or later. */
  readonly binary: string;
  readonly deadlineMs: number;
}

/** 100,000 elements are listed in 7 MB. */
const LARGEST_ANSWER_BYTES = 512 * 1024 * 1024;

/** Runs one nft to its end and resolves to what it printed. `script` goes to its stdin. Rejects with a RingfenceError
 *  when nft is missing, says no, or is not done by the deadline; what it was told is then in force whole or not at all,
 *  and only a listing can say which. */
export function runNft(nft: NftProcess, args: readonly string[], script = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: nft.deadlineMs,
      killSignal: "SIGKILL",
      maxBuffer: LARGEST_ANSWER_BYTES,
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
    } as const;
    const child = execFile(nft.binary, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new RingfenceError("firewall", sentenceFor(nft, error, stderr), { cause: error }));
    });
    // nft may end before it has read everything (EPIPE); its exit status, which follows, says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(script);
  });
}

function sentenceFor(nft: NftProcess, error: Error & { killed?: boolean }, stderr: string): string {
  if (error.killed === true) return `${nft.binary} was not done after ${nft.deadlineMs} ms`;
  const said = stderr.split("\n").find((line) => line.trim() !== "") ?? error.message;
  return `${nft.binary} failed: ${said.slice(0, 300)}`;
}
