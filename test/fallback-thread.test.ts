import { fallbackPatterns } from "../src/domain/calling/fallback.js";
import { DEFAULT_POLICY } from "../src/domain/policy.js";
import { fallbackInThread } from "../src/fallback-thread.js";
import { compileProject, type Compiled } from "./compiled.js";

let compiled: Compiled;
beforeAll(() => (compiled = compileProject()), 60_000);
afterAll(() => compiled.remove());

test("a thread works out the same patterns", async () => {
  const patterns = await fallbackInThread(DEFAULT_POLICY, compiled.file("src/fallback-worker.ts"));
  expect(patterns).toEqual(fallbackPatterns(DEFAULT_POLICY));
  expect(patterns.allow).not.toBe("");
}, 60_000);

test("a thread that dies is an error, and not a wait", async () => {
  await expect(
    fallbackInThread(DEFAULT_POLICY, compiled.file("src/no-such-worker.ts")),
  ).rejects.toMatchObject({ code: "internal" });
}, 60_000);
