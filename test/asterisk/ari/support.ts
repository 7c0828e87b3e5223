import type { CallRequest, Verdict } from "../../../src/domain/calling/verdict.js";
import type { Log } from "../../../src/guard/ports.js";

/** A log that keeps its lines, `level message {fields}`. */
export function keptLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string, fields?: object) =>
    void lines.push(`${level} ${message}${fields === undefined ? "" : ` ${JSON.stringify(fields)}`}`);
  return { lines, error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

/** Resolves once `condition` holds; the deadline is generous, since it only ends tests that fail. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Allows US numbers as they are; refuses 876. */
export function verdictOn(request: CallRequest): Verdict {
  const basis = {
    from: request.from,
    digits: request.digits,
    area: "US",
    numberType: null,
    rate: null,
    cap: null,
    detail: "as the test says",
    policyVersion: 1,
    number: `+${request.digits}` as Verdict["number"],
  };
  return request.digits.startsWith("1876")
    ? { ...basis, decision: "refuse", reason: "area-closed" }
    : { ...basis, decision: "allow", reason: "allowed" };
}
