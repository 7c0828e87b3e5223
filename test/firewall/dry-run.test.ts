import { DryRun } from "../../src/firewall/dry-run.js";
import type { Log } from "../../src/guard/ports.js";
import { firewallSuite, target } from "./suite.js";

function logInto(lines: unknown[][]): Log {
  const keep =
    (level: string) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push([level, message, fields]);
  return { error: keep("error"), warn: keep("warn"), info: keep("info"), debug: keep("debug") };
}

const clock = { nowMs: () => Date.now() };

firewallSuite(() =>
  Promise.resolve({ firewall: new DryRun(clock, logInto([])), cleanUp: () => Promise.resolve() }),
);

test("says what it would do", async () => {
  const lines: unknown[][] = [];
  const firewall = new DryRun(clock, logInto(lines));
  await firewall.prepare();
  await firewall.protect([target("192.0.2.1")]);
  await firewall.apply({
    shut: [{ target: target("203.0.113.1"), timeoutMs: 900_000, scope: "host" }],
    open: [],
  });
  await firewall.apply({ shut: [], open: [target("203.0.113.1"), target("203.0.113.2")] });
  expect(lines).toEqual([
    ["warn", "dry run: nobody is shut out; what would be is only logged", undefined],
    ["info", "dry run: would let pass whatever is banned", { targets: ["192.0.2.1"] }],
    ["info", "dry run: would shut out", { target: "203.0.113.1", timeoutMs: 900_000, scope: "host" }],
    ["info", "dry run: would open", { target: "203.0.113.1" }],
  ]);
});
