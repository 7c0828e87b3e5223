import type { Source } from "../../../src/domain/address.js";
import { NONCE_LIMITS, Nonces } from "../../../src/domain/intrusion/nonces.js";

const victim = "198.51.100.10" as Source;
const attacker = "203.0.113.10" as Source;
const T = 1_800_000_000_000;
/** Asterisk's form: the second of `atMs`, and an MD5 that starts with `mark`. */
const nonceOf = (atMs: number, mark = "0"): string => `${Math.floor(atMs / 1000)}/${mark.padStart(32, "0")}`;

function ledger(limits = NONCE_LIMITS): Nonces {
  const nonces = new Nonces(limits);
  nonces.heard(T);
  return nonces;
}

describe("an answer", () => {
  test("with a nonce that went to its source is returned, also when it comes again much later", () => {
    const nonces = ledger();
    nonces.sent(nonceOf(T), victim, T);
    expect(nonces.answered([nonceOf(T)], victim, T + 50)).toBe("returned");
    expect(nonces.proofOf(nonceOf(T), victim, T + 51)).toBe("returned");
    expect(nonces.proofOf(nonceOf(T), victim, T + 6 * 3_600_000)).toBe("returned");
  });

  test("is proven whether it is asked for by AMI's event or seen in the mirror first", () => {
    const nonces = ledger();
    nonces.sent(nonceOf(T), victim, T);
    expect(nonces.proofOf(nonceOf(T), victim, T + 20)).toBe("returned");
  });

  test.each([
    ["a word", "garbage"],
    ["nothing", ""],
    ["another PBX's form", "5f3a0b12"],
    ["a second too many", `${nonceOf(T)}0`],
    ["capitals", nonceOf(T).replace(/0$/, "F")],
    ["a negative time", `-1/${"0".repeat(32)}`],
  ])("with %s for a nonce is forged, even while nothing was heard", (_, nonce) => {
    expect(new Nonces().proofOf(nonce, victim, T)).toBe("forged");
  });

  test("with a nonce that went to somebody else is forged, also where the ledger has holes", () => {
    const nonces = ledger();
    nonces.lost(T - 60_000, T + 60_000);
    nonces.sent(nonceOf(T), attacker, T);
    expect(nonces.proofOf(nonceOf(T), victim, T + 10)).toBe("forged");
  });

  test("with a nonce from days ago is forged", () => {
    expect(ledger().proofOf(nonceOf(T - 25 * 3_600_000), victim, T)).toBe("forged");
  });

  test.each([
    ["before the listener began", T - 60_000],
    ["of the very second in which it began", T + 400],
  ])("with a nonce %s is unproven", (_, issuedMs) => {
    const nonces = ledger();
    nonces.heard(T + 60_000);
    expect(nonces.proofOf(nonceOf(issuedMs), victim, T + 60_001)).toBe("unproven");
    expect(nonces.answered([nonceOf(issuedMs)], victim, T + 60_002)).toBe("unproven");
  });

  test("with a made-up nonce of a time that was heard in full is forged", () => {
    const nonces = ledger();
    nonces.heard(T + 60_000);
    expect(nonces.proofOf(nonceOf(T + 30_000), victim, T + 60_000)).toBe("forged");
  });

  test("with a made-up nonce of right now is unproven until its request has been seen", () => {
    const nonces = ledger();
    nonces.heard(T + 60_000);
    const made = nonceOf(T + 60_000, "abc");
    expect(nonces.proofOf(made, victim, T + 60_010)).toBe("unproven");
    expect(nonces.answered([made], victim, T + 60_005)).toBe("forged");
    expect(nonces.proofOf(made, victim, T + 60_010)).toBe("forged");
  });

  test("whose challenge comes late, after AMI has told of the failure, is not called forged", () => {
    const nonces = ledger();
    nonces.heard(T + 60_000);
    expect(nonces.proofOf(nonceOf(T + 60_100), victim, T + 60_200)).toBe("unproven");
    nonces.sent(nonceOf(T + 60_100), victim, T + 60_100);
    expect(nonces.answered([nonceOf(T + 60_100)], victim, T + 60_190)).toBe("returned");
  });

  test("is unproven after the mirror was switched off, however old its nonce", () => {
    const nonces = ledger();
    nonces.heard(T + 10_000);
    expect(nonces.proofOf(nonceOf(T + 600_000), victim, T + 900_000)).toBe("unproven");
  });

  test("from a time when packets were lost is unproven, from before and after it is told", () => {
    const nonces = ledger();
    nonces.lost(T + 100_000, T + 110_000);
    nonces.heard(T + 300_000);
    const at = T + 300_000;
    expect(nonces.proofOf(nonceOf(T + 50_000), victim, at)).toBe("forged");
    expect(nonces.proofOf(nonceOf(T + 105_000), victim, at)).toBe("unproven");
    expect(nonces.proofOf(nonceOf(T + 110_900), victim, at)).toBe("unproven");
    expect(nonces.proofOf(nonceOf(T + 150_000), victim, at)).toBe("forged");
  });

  test("is told from what was found when its request was seen, whatever is lost afterwards", () => {
    const nonces = ledger();
    const made = nonceOf(T + 30_000);
    nonces.answered([made], victim, T + 60_000);
    nonces.lost(T, T + 90_000);
    expect(nonces.proofOf(made, victim, T + 60_010)).toBe("forged");
  });

  test("of a request with several is returned if one of them is, the decoy that Asterisk reports among them", () => {
    const nonces = ledger();
    nonces.sent(nonceOf(T), attacker, T);
    expect(nonces.answered(["decoy", nonceOf(T)], attacker, T + 50)).toBe("returned");
    expect(nonces.proofOf("decoy", attacker, T + 51)).toBe("returned");
    expect(nonces.proofOf("decoy", victim, T + 51)).toBe("forged");
  });

  test("after the clock was set back is unproven for the seconds that came twice", () => {
    const nonces = ledger();
    nonces.heard(T + 100_000);
    nonces.heard(T + 40_000);
    nonces.heard(T + 50_000);
    expect(nonces.proofOf(nonceOf(T + 45_000), victim, T + 50_000)).toBe("unproven");
    expect(nonces.proofOf(nonceOf(T + 20_000), victim, T + 50_000)).toBe("forged");
  });

  test("is not harmed by many stretches of loss", () => {
    const nonces = ledger();
    for (let n = 0; n < 1_000; n++) nonces.lost(T + n * 10_000, T + n * 10_000 + 100);
    nonces.heard(T + 10_000_000);
    expect(nonces.proofOf(nonceOf(T + 5_000), victim, T + 10_000_000)).toBe("unproven");
    expect(nonces.proofOf(nonceOf(T + 9_996_000), victim, T + 10_000_000)).toBe("forged");
  });
});

describe("memory", () => {
  const limits = { sent: 64, answered: 16, crowd: 8, forged: 8, perSource: 16 };

  test("a nonce that was pushed out is unproven, never forged", () => {
    const nonces = ledger(limits);
    nonces.sent(nonceOf(T + 10_000), victim, T + 10_000);
    for (let n = 0; n < 100; n++) {
      nonces.sent(nonceOf(T + 20_000, n.toString(16)), `203.0.113.${n}` as Source, T + 20_000);
    }
    nonces.heard(T + 60_000);
    expect(nonces.proofOf(nonceOf(T + 10_000), victim, T + 60_000)).toBe("unproven");
  });

  test("one source with thousands of nonces pushes out its own alone", () => {
    const nonces = ledger(limits);
    nonces.sent(nonceOf(T + 10_000), victim, T + 10_000);
    for (let n = 0; n < 10_000; n++) {
      nonces.sent(nonceOf(T + 20_000, n.toString(16)), attacker, T + 20_000);
    }
    nonces.heard(T + 60_000);
    expect(nonces.proofOf(nonceOf(T + 10_000), victim, T + 60_000)).toBe("returned");
    expect(nonces.proofOf(nonceOf(T + 30_000), victim, T + 60_000)).toBe("forged");
    expect(nonces.proofOf(nonceOf(T + 20_000, "270f"), attacker, T + 60_000)).toBe("returned");
    expect(nonces.proofOf(nonceOf(T + 20_000, "1000"), attacker, T + 60_000)).toBe("unproven");
  });

  test("a nonce that was answered outlasts a flood from forged sources, which answer none", () => {
    const nonces = ledger(limits);
    nonces.sent(nonceOf(T), victim, T);
    nonces.answered([nonceOf(T)], victim, T + 20);
    for (let n = 0; n < 10_000; n++) {
      nonces.sent(nonceOf(T + 1_000, n.toString(16)), `10.0.${n >> 8}.${n & 255}` as Source, T + 1_000);
    }
    expect(nonces.proofOf(nonceOf(T), victim, T + 60_000)).toBe("returned");
  });

  test("entries that are let go of leave nothing behind that is found again", () => {
    const nonces = ledger(limits);
    for (let round = 0; round < 50; round++) {
      const atMs = T + round * 10_000;
      for (let n = 0; n < 64; n++) nonces.sent(nonceOf(atMs, n.toString(16)), `192.0.2.${n}` as Source, atMs);
      for (let n = 0; n < 64; n++) {
        expect(nonces.proofOf(nonceOf(atMs, n.toString(16)), `192.0.2.${n}` as Source, atMs)).toBe(
          "returned",
        );
      }
    }
    expect(nonces.proofOf(nonceOf(T, "3f"), "192.0.2.1" as Source, T + 500_000)).toBe("unproven");
  });
});
