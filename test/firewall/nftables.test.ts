import { Nftables } from "../../src/firewall/nftables.js";
import { Namespace } from "./namespace.js";
import { firewallSuite } from "./suite.js";

const DEADLINE_MS = 20_000;

describe("what every backend promises", () => {
  let namespace: Namespace;
  beforeAll(() => void (namespace = new Namespace()));
  afterAll(() => namespace.remove());

  firewallSuite(() => {
    namespace.run("nft", "flush", "ruleset");
    const firewall = new Nftables({ binary: namespace.nft, deadlineMs: DEADLINE_MS });
    return Promise.resolve({ firewall, cleanUp: () => firewall.close() });
  });
});
