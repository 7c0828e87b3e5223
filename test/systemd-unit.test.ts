import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planUnit, type UnitProgram } from "../src/systemd-unit.js";

const TEMPLATE = readFileSync(join(__dirname, "../scripts/ringfence.service"), "utf8");
const PROGRAM: UnitProgram = {
  node: "/root/.nvm/versions/node/v1.2.3/bin/node",
  script: "/opt/ringfence/dist/ringfence.js",
  configFile: "/etc/ringfence/ringfence.yaml",
};
const LINE =
  "ExecStart=/root/.nvm/versions/node/v1.2.3/bin/node /opt/ringfence/dist/ringfence.js run --config /etc/ringfence/ringfence.yaml";

function textOf(plan: ReturnType<typeof planUnit>): string {
  if (plan.state !== "missing") throw new Error(plan.state);
  return plan.text;
}

test("without a unit: the delivered one, with where the program is in place of a search for it", () => {
  const text = textOf(planUnit(null, TEMPLATE, PROGRAM));
  expect(text).toContain(`\n${LINE}\n`);
  const others = (of: string) => of.split("\n").filter((line) => !line.startsWith("ExecStart="));
  expect(others(text)).toEqual(others(TEMPLATE));
  expect(planUnit(text, TEMPLATE, PROGRAM)).toEqual({ state: "right" });
});

test("a unit that searches gets its start alone changed", () => {
  const own = TEMPLATE.replace("RestartSec=1", "RestartSec=5").replace("[Install]", "Nice=-5\n\n[Install]");
  const text = textOf(planUnit(own, TEMPLATE, PROGRAM));
  expect(text).toContain("RestartSec=5\n");
  expect(text).toContain("Nice=-5\n");
  expect(text).toContain(`\n${LINE}\n`);
});

test.each([
  ["Node", LINE.replace("v1.2.3", "v1.2.2")],
  ["program", LINE.replace("/opt/ringfence", "/usr/lib/node_modules/ringfence")],
])("after another %s was used, the start is mended", (_what, before) => {
  const text = textOf(planUnit(TEMPLATE.replace(/^ExecStart=.*$/m, before), TEMPLATE, PROGRAM));
  expect(text.match(/^ExecStart=.*$/gm)).toEqual([LINE]);
});

test.each([
  [
    "another program",
    (unit: string) => unit.replace(/^ExecStart=.*$/m, "ExecStart=/usr/local/bin/my-ringfence run"),
  ],
  ["with options", (unit: string) => unit.replace(/^ExecStart=.*$/m, `${LINE} --flush`)],
  ["none", (unit: string) => unit.replace(/^ExecStart=.*$/m, "")],
  [
    "two, of which one empties the list",
    (unit: string) => unit.replace(/^ExecStart=/m, "ExecStart=\nExecStart="),
  ],
])("a start of somebody's own, %s, is theirs to change: the line is told", (_what, edit) => {
  expect(planUnit(edit(TEMPLATE), TEMPLATE, PROGRAM)).toEqual({ state: "by-hand", line: LINE });
});

test.each([
  ["/opt/my node/bin/node", '"/opt/my node/bin/node"'],
  ["/opt/100%/node", "/opt/100%%/node"],
  ["/opt/$HOME/node", "/opt/$$HOME/node"],
  ['/opt/a"b\\c/node', '"/opt/a\\"b\\\\c/node"'],
  ["/opt/a\nExecStartPre=/bin/false/node", '"/opt/a\\nExecStartPre=/bin/false/node"'],
  ["/opt/;/node", '"/opt/;/node"'],
])("%j is one argument: %s", (node, word) => {
  const text = textOf(planUnit(null, TEMPLATE, { ...PROGRAM, node }));
  expect(text).toContain(`\nExecStart=${word} /opt/ringfence/dist/ringfence.js run --config `);
  expect(text.split("\n")).toHaveLength(TEMPLATE.split("\n").length);
});
