import type { UnitReport } from "../../src/cli/context.js";
import { FakeOffline, ringfence } from "./support/run.js";

const FILE = "/etc/systemd/system/ringfence.service";

function told(unit: UnitReport, ...argv: string[]) {
  const offline = new FakeOffline();
  offline.setupReport = { ...offline.setupReport, unit };
  return { ran: ringfence(["setup", "--systemd", ...argv], { offline }), offline };
}

test("a unit that is not there is shown whole, with how to write it", async () => {
  const { ran, offline } = told({
    file: FILE,
    state: "missing",
    text: "[Service]\nExecStart=x\n",
    wrote: false,
  });
  const { status, out } = await ran;
  expect(status).toBe(1);
  expect(out).toMatch(
    /^MISSING {2}\/etc\/systemd\/system\/ringfence\.service: .*\n +\[Service\]\n +ExecStart=x$/m,
  );
  expect(out).toContain("ringfence setup --systemd --write puts it there.");
  expect(offline.asked).toEqual([{ setup: "/etc/ringfence/ringfence.yaml", write: false, systemd: true }]);
});

test("one that was written says what to do now", async () => {
  const { ran } = told({ file: FILE, state: "done", text: null, wrote: true }, "--write");
  expect(await ran).toMatchObject({
    status: 0,
    out: expect.stringContaining("systemctl daemon-reload") as string,
  });
});

test("one that is right already says no more than that", async () => {
  const { ran } = told({ file: FILE, state: "done", text: null, wrote: false });
  expect((await ran).out).toBe(`ok       ${FILE}: starts Ringfence with the machine\n`);
});

test("one of somebody's own comes with the line for it, and is open", async () => {
  const { ran } = told({ file: FILE, state: "by-hand", text: "ExecStart=x", wrote: false }, "--write");
  expect(await ran).toMatchObject({
    status: 1,
    out: expect.stringMatching(/^BY HAND {2}.*\n +ExecStart=x\n.*yours to change/m) as string,
  });
});

test("nobody who does not ask hears of it", async () => {
  const offline = new FakeOffline();
  expect(await ringfence(["setup"], { offline })).toMatchObject({ status: 0, out: "" });
  expect(offline.asked).toMatchObject([{ systemd: false }]);
});
