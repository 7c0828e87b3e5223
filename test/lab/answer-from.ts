import { createInterface } from "node:readline";
import type { Stop } from "../../src/guard/ports.js";

/** The other end of `Beside`: a line of JSON in, `[method, …arguments]`, a line of JSON out, until the input ends. */
export function answerFrom(run: (request: unknown[]) => Promise<unknown>, stop: Stop): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    run(JSON.parse(line) as unknown[])
      .then(
        (value) => ({ value: value ?? null }),
        (error: unknown) => ({ error: { ...(error as object), message: (error as Error).message } }),
      )
      .then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`))
      .catch((error: unknown) => process.stderr.write(String(error)));
  });
  lines.on("close", () => void stop());
}
