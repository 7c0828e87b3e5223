import type { Lock } from "../src/domain/intrusion/ban.js";
import { overviewOf } from "../src/overview.js";

const NOW = Date.UTC(2026, 0, 31, 12, 30);

function lockOf(account: string, sources: number, by: string): Lock {
  const times = { fromMs: NOW - 60_000, untilMs: NOW + 60_000, liftedAtMs: null, liftedBy: null };
  return { id: 1, account, sources, by, ...times };
}

function overviewWith(locks: readonly Lock[]) {
  return overviewOf(
    {
      activity: {
        add: () => undefined,
        since: () => [],
        forget: () => undefined,
        causesSince: () => [],
        bannedSince: () => [],
        knownShutOut: () => [],
      },
      writeActivity: () => undefined,
      networks: { of: () => null, knowsCountries: () => false },
      blocks: { list: () => [] },
      locks: { inForce: () => [...locks] },
      groups: { proposals: () => [] },
      decks: { list: () => [] },
      clock: { nowMs: () => NOW },
    },
    24,
  );
}

test("an account that strangers try is for you, one that somebody locked by hand is not", () => {
  const { forYou } = overviewWith([lockOf("104", 0, "ui:alice"), lockOf("100", 40, "ringfence")]);
  expect(forYou).toMatchObject([
    { slug: "account-attacked", subject: "100", detail: expect.stringMatching(/^40 sources tried it/) },
  ]);
});

test("locks by hand take no room from those of attacks", () => {
  const byHand = Array.from({ length: 9 }, (_, index) => lockOf(`2${index}`, 0, "ui:alice"));
  expect(overviewWith([...byHand, lockOf("100", 40, "ringfence")]).forYou).toHaveLength(1);
});
