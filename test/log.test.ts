import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { createLog, logDestination, type LogLevel } from "../src/log.js";
import { RingfenceError } from "../src/domain/error.js";

interface Line {
  readonly at: string;
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

function parsed(line: string | undefined): Line {
  return JSON.parse(line ?? "") as Line;
}

/** A destination that keeps what was written. */
function memory(terminal = false) {
  let text = "";
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream, terminal, lines: () => text.split("\n").slice(0, -1) };
}

const HOSTILE = 'x"\r\n{"level":"info","message":"shut out"}\u001b[2J\u0085\u2028\u202e\u0000\\';

test("a line is JSON with the message as it is and the fields below it", () => {
  const to = memory();
  createLog("info", to).info("shut out", { target: "203.0.113.12", attempts: 10, note: null });
  expect(parsed(to.lines()[0])).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: "info",
    message: "shut out",
    fields: { target: "203.0.113.12", attempts: 10, note: null },
  });
});

test("no field can pass for the line's own", () => {
  const to = memory();
  const fields = { message: "nothing happened", level: "debug", at: "never", fields: 1, splat: 1 };
  createLog("info", to).warn("shut out", fields);
  const line = parsed(to.lines()[0]);
  expect(line).toMatchObject({ level: "warn", message: "shut out", fields });
  expect(line.at).not.toBe("never");
});

test.each([[false], [true]])("hostile text stays inside its line (terminal: %s)", (terminal) => {
  const to = memory(terminal);
  createLog("info", to).info("shut out", { account: HOSTILE, [HOSTILE]: 1, list: [HOSTILE] });
  expect(to.lines()).toHaveLength(1);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(to.lines()[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
});

test("hostile text comes back from JSON as it was", () => {
  const to = memory();
  createLog("info", to).info("shut out", { account: HOSTILE });
  expect(parsed(to.lines()[0]).fields.account).toBe(HOSTILE);
});

test.each<[string, unknown, string]>([
  ["a plain word", "203.0.113.12", "account=203.0.113.12"],
  ["text that looks like another field", "x attempts=1", 'account="x attempts=1"'],
  ["text with quotes", 'x" y="', 'account="x\\" y=\\""'],
  ["empty text", "", 'account=""'],
  ["a number", 5, "account=5"],
  ["a list", ["a", "b"], 'account=["a","b"]'],
])("a terminal shows %s so that it cannot be taken for more", (_, account, shown) => {
  const to = memory(true);
  createLog("info", to).info("shut out", { account });
  expect(to.lines()[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}shut out {2}/);
  expect(to.lines()[0]?.endsWith(`shut out  ${shown}`)).toBe(true);
});

test("a terminal line without fields ends with its message", () => {
  const to = memory(true);
  createLog("info", to).error("cannot go on");
  expect(to.lines()[0]).toMatch(/ error cannot go on$/);
});

test("secrets are blanked wherever they are", () => {
  const to = memory();
  createLog("info", to).info("connecting", {
    ami: { user: "ringfence", secret: "s1" },
    ARI_Password: "s2",
    token: "s3",
  });
  expect(parsed(to.lines()[0]).fields).toEqual({
    ami: { user: "ringfence", secret: "[not shown]" },
    ARI_Password: "[not shown]",
    token: "[not shown]",
  });
});

test.each<[LogLevel, string[]]>([
  ["error", ["error"]],
  ["warn", ["error", "warn"]],
  ["info", ["error", "warn", "info"]],
  ["debug", ["error", "warn", "info", "debug"]],
])("level %s logs %j", (level, expected) => {
  const to = memory();
  const log = createLog(level, to);
  for (const each of ["error", "warn", "info", "debug"] as const) log[each]("something");
  expect(to.lines().map((line) => parsed(line).level)).toEqual(expected);
});

test("what JSON cannot hold is told all the same", () => {
  const to = memory();
  const circle: Record<string, unknown> = { big: 5n, none: undefined, call: () => 1, at: new Date(0) };
  circle["self"] = circle;
  const error = new RingfenceError("firewall", "nft failed", { cause: new Error("no such file") });
  const many = Array.from({ length: 1_000 }, (_, n) => n);
  createLog("info", to).error("odd", {
    circle,
    error,
    many,
    long: "x".repeat(10_000),
    map: new Map([["secret", "s"]]),
  });
  const { fields } = parsed(to.lines()[0]);
  expect(fields.circle).toMatchObject({ big: "5", call: "[function]", at: "1970-01-01T00:00:00.000Z" });
  expect(fields.error).toEqual({
    name: "RingfenceError",
    message: "nft failed",
    code: "firewall",
    cause: { name: "Error", message: "no such file" },
  });
  expect(fields.many).toHaveLength(100);
  expect(fields.long).toHaveLength(2_001);
  expect(fields.map).toEqual({ secret: "[not shown]" });
});

test("a destination that fails is told on standard error, once, and stops nothing", async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(new Error("disk full")),
    autoDestroy: false,
  });
  const told: string[] = [];
  const stderr = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    told.push(String(text));
    return true;
  });
  try {
    const log = createLog("info", { stream, terminal: false });
    for (let n = 0; n < 3; n++) {
      log.info("shut out");
      await new Promise(setImmediate);
    }
  } finally {
    stderr.mockRestore();
  }
  expect(told).toHaveLength(1);
  expect(parsed(told[0])).toMatchObject({
    message: "the log cannot be written",
    fields: { why: "disk full" },
  });
});

test("a file that cannot be written is told once, and written again when it can be", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-log-"));
  const told: string[] = [];
  const stderr = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    told.push(String(text));
    return true;
  });
  try {
    const file = join(folder, "later", "ringfence.log");
    const { stream, terminal } = logDestination(file);
    const log = createLog("info", { stream, terminal });
    const written = () => new Promise((resolve) => stream.write("", resolve));
    log.info("lost");
    await written();
    log.info("lost too");
    await written();
    mkdirSync(join(folder, "later"));
    log.info("kept");
    await log.close();
    expect(told).toHaveLength(1);
    expect(parsed(told[0]).message).toBe("the log cannot be written");
    expect(parsed(readFileSync(file, "utf8")).message).toBe("kept");
  } finally {
    stderr.mockRestore();
    rmSync(folder, { recursive: true });
  }
});

test("a file is appended to, readable by its group alone, and whole after close", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-log-"));
  try {
    const file = join(folder, "ringfence.log");
    for (let run = 0; run < 2; run++) {
      const log = createLog("info", logDestination(file));
      for (let n = 0; n < 500; n++) log.info("shut out", { n });
      await log.close();
    }
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(1_000);
    expect(statSync(file).mode & 0o007).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
