import { Feed } from "../../src/guard/feed.js";
import type { Happening, Log } from "../../src/guard/ports.js";

const policyChanged = (version: number): Happening => ({ type: "policy", version });

function feed() {
  const errors: string[] = [];
  const log: Log = {
    error: (text) => errors.push(text),
    warn: () => undefined,
    info: () => undefined,
    debug: () => undefined,
  };
  return { feed: new Feed(log), errors };
}

test("everyone who listens hears everything, until they leave", () => {
  const { feed: f } = feed();
  const heard: Happening[][] = [[], []];
  const leave = f.subscribe((happening) => heard[0]?.push(happening));
  f.subscribe((happening) => heard[1]?.push(happening));
  f.tell(policyChanged(1));
  leave();
  f.tell(policyChanged(2));
  expect(heard).toEqual([[policyChanged(1)], [policyChanged(1), policyChanged(2)]]);
});

test("the same function may listen twice and leave once", () => {
  const { feed: f } = feed();
  let heard = 0;
  const listener = () => void (heard += 1);
  const leave = f.subscribe(listener);
  f.subscribe(listener);
  leave();
  f.tell(policyChanged(1));
  expect(heard).toBe(1);
});

test("a listener that throws is logged, and the next one still hears", () => {
  const { feed: f, errors } = feed();
  let heard = 0;
  f.subscribe(() => {
    throw new Error("gone");
  });
  f.subscribe(() => void (heard += 1));
  f.tell(policyChanged(1));
  expect(heard).toBe(1);
  expect(errors).toHaveLength(1);
});
