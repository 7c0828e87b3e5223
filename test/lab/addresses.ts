/** The lab's addresses, the same for both versions. They are laid out by test/lab/network.bash; change both. */
const range = (first: number, last: number, name: (n: number) => string): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => name(first + index));

export const addresses = {
  pbx: "192.0.2.1",
  pbx6: "2001:db8:0:1::1",
  carrier: "192.0.2.20",
  carrier6: "2001:db8:0:2::20",
  phones: range(10, 59, (n) => `198.51.100.${n}`),
  phones6: range(10, 19, (n) => `2001:db8:100::${n}`),
  attackers: range(10, 109, (n) => `203.0.113.${n}`),
  /** One address in each of twenty /64s. */
  attackers6: range(1, 20, (n) => `2001:db8:a:${n}::66`),
  /** Eight addresses in one /64, the first of `attackers6`. */
  attackersOfOneNet6: range(101, 108, (n) => `2001:db8:a:1::${n}`),
  /** The attacker can send from these, and never sees an answer: the carrier's address and a phone's. */
  forgeable: ["192.0.2.20", "198.51.100.10"],
} as const;

/** Where this machine, outside the lab's network, reaches the PBX's host: for a browser. */
export const pbxFromMachine = { "22": "198.18.22.2", "16": "198.18.16.2" } as const;

export const secrets = {
  ami: { host: "127.0.0.1", port: 5038, user: "ringfence", password: "lab-ami-secret" },
  amiAdmin: { host: "127.0.0.1", port: 5038, user: "labadmin", password: "lab-admin-secret" },
  ari: { host: "127.0.0.1", port: 8088, user: "ringfence", password: "lab-ari-secret" },
} as const;

/** Extensions 100 to 119. */
export const passwordOf = (extension: string): string => `secret-${extension}`;
