import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aclFolder } from "../../../src/asterisk/acl/files";

let etc: string;
beforeEach(() => {
  etc = mkdtempSync(join(tmpdir(), "ringfence-acl-"));
});
afterEach(() => rmSync(etc, { recursive: true, force: true }));

test("what was written is read, and Asterisk's own user can read it", async () => {
  const before = process.umask(0o077);
  try {
    const folder = aclFolder(etc);
    expect(await folder.read("lists")).toBeNull();
    await folder.write("lists", "one");
    await folder.write("lists", "two");
    expect(await folder.read("lists")).toBe("two");
  } finally {
    process.umask(before);
  }
  expect(readdirSync(join(etc, "ringfence.d"))).toEqual(["acl.conf"]);
  expect(statSync(join(etc, "ringfence.d")).mode & 0o777).toBe(0o755);
  expect(statSync(join(etc, "ringfence.d/acl.conf")).mode & 0o777).toBe(0o644);
});

test("what a daemon that was killed left half written is cleared away, and nothing else", async () => {
  const folder = aclFolder(etc);
  await folder.write("lists", "one");
  writeFileSync(join(etc, "ringfence.d/.acl.conf.0123456789abcdef.new"), "hal");
  writeFileSync(join(etc, "ringfence.d/.notes"), "an admin's");
  await folder.write("lists", "two");
  expect(readdirSync(join(etc, "ringfence.d")).sort()).toEqual([".notes", "acl.conf"]);
});

test("a folder that is not there is named, with the key to change", async () => {
  await expect(aclFolder(join(etc, "gone")).write("pjsip", "x")).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining("asterisk.configDir"),
  });
});

test("what points elsewhere is not written to", async () => {
  mkdirSync(join(etc, "elsewhere"));
  symlinkSync(join(etc, "elsewhere"), join(etc, "ringfence.d"));
  await expect(aclFolder(etc).write("pjsip", "x")).rejects.toMatchObject({ code: "config" });
  expect(readdirSync(join(etc, "elsewhere"))).toEqual([]);
});

test("a file that is a folder is told as it is, and left", async () => {
  mkdirSync(join(etc, "ringfence.d/pjsip.conf"), { recursive: true });
  await expect(aclFolder(etc).read("pjsip")).rejects.toMatchObject({ code: "store" });
  await expect(aclFolder(etc).write("pjsip", "x")).rejects.toMatchObject({ code: "store" });
  expect(readdirSync(join(etc, "ringfence.d"))).toEqual(["pjsip.conf"]);
});

/** Mounting needs root; without it a folder that may not be written stands for the disk. */
test("a full disk leaves the file as it was, and nothing beside it", async () => {
  const disk = join(etc, "ringfence.d");
  mkdirSync(disk);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  try {
    const folder = aclFolder(etc);
    await folder.write("lists", "before");
    if (!isRoot) chmodSync(disk, 0o555);
    const refused = expect(folder.write("lists", "x".repeat(1 << 20))).rejects;
    await (isRoot
      ? refused.toMatchObject({ code: "store", message: expect.stringContaining("the disk is full") })
      : refused.toMatchObject({ code: "store" }));
    expect(await folder.read("lists")).toBe("before");
    expect(readdirSync(disk)).toEqual(["acl.conf"]);
    if (!isRoot) chmodSync(disk, 0o755);
    await folder.write("lists", "after");
    expect(await folder.read("lists")).toBe("after");
  } finally {
    if (isRoot) execFileSync("umount", [disk]);
  }
});
