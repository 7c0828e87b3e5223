import type { AllowListJson, AllowListPreviewJson, RegistrationJson } from "../../src/http/contract.js";
import { daemon, daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { asteriskCli, labDown, labUp, sipp, type AsteriskVersion } from "./lab.js";

/** An address that no phone of the lab has. */
export const NOBODYS = "192.0.2.250";
/** Two phones' addresses. */
export const [listed, other] = ["198.51.100.10", "198.51.100.11"];

/** On a slow machine, also for an Asterisk that reads thousands of endpoints. */
const PATIENCE_MS = 60_000;

export interface SetUp {
  /** What is to be changed in Asterisk ahead of the daemon's start. */
  readonly before?: () => Promise<void>;
}

/** A new lab with Asterisk and Ringfence, which knows Asterisk's endpoints; what the tests do there shuts out no phone by itself. */
export async function listsUp(version: AsteriskVersion, { before }: SetUp = {}): Promise<void> {
  await labDown(version);
  await labUp(version);
  await before?.();
  await daemon.start(version);
  await endpointsKnown(version);
  for (const phones of ["198.51.100.0/24", "2001:db8:100::/48"]) {
    expect((await ringfence(version, "never-ban", "add", phones)).status).toBe(0);
  }
}

async function endpointsKnown(version: AsteriskVersion): Promise<void> {
  await eventually(
    "Asterisk's endpoints are known",
    async () => {
      const { warnings } = await allowLists(version).show("no-such-endpoint");
      return warnings.some((warning) => warning.includes("no endpoint"));
    },
    PATIENCE_MS,
  );
}

/** What the tests of allow-lists do on one version's lab. */
export function allowLists(version: AsteriskVersion) {
  const editions = (): number => daemonLog(version).split("Asterisk enforces new lists").length;
  const inForceAfter = (before: number, withinMs = PATIENCE_MS): Promise<boolean> =>
    eventually("Asterisk has new lists", () => editions() > before, withinMs);
  const isRegistered = async (extension: string): Promise<boolean> =>
    (await asteriskCli(version, "pjsip show contacts")).includes(`${extension}/sip:`);

  return {
    /** Grows each time that Asterisk was seen to enforce new lists. */
    editions,
    inForceAfter,
    /** Runs `ringfence allow-list …` and waits until Asterisk enforces what it says. */
    change: async (...words: string[]): Promise<void> => {
      const before = editions();
      expect(await ringfence(version, "allow-list", ...words)).toMatchObject({ status: 0 });
      await inForceAfter(before);
    },
    show: (extension: string) => ringfenceJson<AllowListJson>(version, "allow-list", "show", extension),
    /** The registered phone of an extension, once its true address was seen. */
    seenPhone: (extension: string): Promise<RegistrationJson> =>
      eventually("its true address was seen", async () => {
        const preview = ["allow-list", "preview", extension, NOBODYS];
        const { throwsOut } = await ringfenceJson<AllowListPreviewJson>(version, ...preview);
        return throwsOut.find((phone) => phone.extension === extension && phone.addressIs === "seen");
      }),
    isRegistered,
    gone: (extension: string) =>
      eventually(`${extension} is not registered`, async () => !(await isRegistered(extension))),
    /** Whether a phone registers with the right password. */
    registers: async (
      extension: string,
      from: string,
      more: { port?: number; transport?: "tcp"; password?: string } = {},
    ): Promise<boolean> => {
      const how = { from, account: extension, patienceMs: 2_000, timeoutMs: 6_000, ...more };
      return (await sipp(version, "phones", "register", how)).successful === 1;
    },
  };
}
