import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setup } from "../src/setup.js";

const DELIVERED = join(__dirname, "../scripts/ringfence.service");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-systemd-test-"));
  for (const name of ["asterisk", "units"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const unitFile = () => join(folder, "units/ringfence.service");

function run(write: boolean, unitDir = join(folder, "units")) {
  const configDir = join(folder, "asterisk");
  return setup(join(folder, "ringfence.yaml"), { write, systemd: true, env: {}, configDir, unitDir });
}

test("is shown and not written before it is asked for, even where there is no config file yet", async () => {
  const { unit, makesConfig } = await run(false);
  expect(makesConfig).toBe(true);
  expect(unit).toMatchObject({ file: unitFile(), state: "missing", wrote: false });
  expect(unit?.text).toContain(`ExecStart=${process.execPath} `);
  expect(readdirSync(join(folder, "units"))).toEqual([]);
});

test("is written once, for all to read, with the config file that was named", async () => {
  expect((await run(true)).unit).toEqual({ file: unitFile(), state: "done", text: null, wrote: true });
  const text = readFileSync(unitFile(), "utf8");
  expect(text).toMatch(
    new RegExp(
      `^ExecStart=${process.execPath} /.*/ringfence\\.js run --config ${folder}/ringfence\\.yaml$`,
      "m",
    ),
  );
  expect(statSync(unitFile()).mode & 0o777).toBe(0o644);
  expect((await run(true)).unit).toEqual({ file: unitFile(), state: "done", text: null, wrote: false });
});

test("one that searches is mended, and stays beside as it was", async () => {
  copyFileSync(DELIVERED, unitFile());
  expect((await run(false)).unit).toMatchObject({ state: "missing", wrote: false });
  expect((await run(true)).unit).toMatchObject({ state: "done", wrote: true });
  expect(readFileSync(`${unitFile()}.before-ringfence`, "utf8")).toBe(readFileSync(DELIVERED, "utf8"));
});

test("one that starts something else is left alone", async () => {
  const own = "[Service]\nExecStart=/usr/local/bin/my-ringfence\n";
  writeFileSync(unitFile(), own);
  const { unit } = await run(true);
  expect(unit).toMatchObject({ state: "by-hand", wrote: false });
  expect(unit?.text).toMatch(/^ExecStart=.* run --config /);
  expect(readFileSync(unitFile(), "utf8")).toBe(own);
});

test("a machine without systemd is told so", async () => {
  await expect(run(false, join(folder, "none"))).rejects.toThrow("this machine has no systemd");
});
