import { KnownFromContacts } from "../../src/guard/known-from-contacts.js";
import type { Contact } from "../../src/guard/ports.js";
import { FakeTime } from "./support/fakes.js";

const FACTS = {
  rewriting: ["100", "101", "carrier"],
  trunks: [{ endpoint: "carrier", targets: [] }],
};
const contact = (endpoint: string, claims: string | null, over: Partial<Contact> = {}): Contact => ({
  ...{ id: `${endpoint};@1`, endpoint, session: "call", claims, isBehindProxy: false, userAgent: null },
  ...over,
});

function world(contacts: readonly Contact[], before: readonly string[] = []) {
  const saw: string[] = [];
  const logged: unknown[] = [];
  const state = { fault: null as Error | null, asked: 0 };
  const time = new FakeTime();
  const learner = new KnownFromContacts({
    registrar: {
      contacts: () => {
        state.asked++;
        return state.fault === null ? Promise.resolve(contacts) : Promise.reject(state.fault);
      },
    },
    known: {
      saw: (source, account, atMs) => void saw.push(`${account}@${source} ${atMs - time.nowMs()}`),
      lastSuccessAtMs: (account, source) => (before.includes(`${account}@${source}`) ? 1 : null),
    },
    clock: time,
    log: {
      ...{ error: () => undefined, debug: () => undefined },
      info: (_, fields) => void logged.push(fields),
      warn: (message) => void logged.push(message),
    },
  });
  return { saw, logged, state, learner };
}

test("phones that registered before are known, IPv6 by its /64, and those that were known stay as they are", async () => {
  const { saw, logged, learner } = world(
    [contact("100", "198.51.100.20"), contact("101", "2001:db8:100::10"), contact("101", "198.51.100.21")],
    ["101@198.51.100.21"],
  );
  await learner.learn(FACTS);
  expect(saw).toEqual(["100@198.51.100.20 0", "101@2001:db8:100::/64 0"]);
  expect(logged).toEqual([{ learned: 2, onlyClaimed: 0 }]);
});

test.each([
  ["the phone's own claim", contact("102", "203.0.113.9")],
  ["a proxy's", contact("100", "203.0.113.9", { isBehindProxy: true })],
  ["a trunk's", contact("carrier", "203.0.113.9")],
  ["none", contact("100", null)],
  ["no address at all", contact("100", "phone.example")],
])("nobody is known for an address that is %s", async (_, of) => {
  const { saw, learner } = world([of]);
  await learner.learn(FACTS);
  expect(saw).toEqual([]);
});

test("once a run; and again where Asterisk did not list them", async () => {
  const { saw, logged, state, learner } = world([contact("100", "198.51.100.20")]);
  state.fault = new Error("not connected");
  await learner.learn(FACTS);
  expect([saw, logged]).toEqual([[], [expect.stringContaining("trying again")]]);
  state.fault = null;
  await learner.learn(FACTS);
  await learner.learn(FACTS);
  expect(saw).toHaveLength(1);
  expect(state.asked).toBe(2);
});
