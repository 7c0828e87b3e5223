import { RingfenceError } from "../../domain/error.js";
import { ask } from "./rest.js";
import type { AriSettings } from "./settings.js";

const DEADLINE_MS = 3_000;
/** No channel has this id. */
const NOBODY = "ringfence-preflight";

/** Resolves if ari-client can be let loose on this Asterisk. It ends the process on a wrong password or a missing API
 *  description, and waits for ever on a silent host: all that is found out here first, with a reason that an admin can use.
 *  Throws a RingfenceError. */
export async function preflight(settings: AriSettings, deadlineMs = DEADLINE_MS): Promise<void> {
  // Answers 404 while Asterisk is still loading its modules.
  await mustBe(200, settings, "GET", "/ari/applications", deadlineMs);
  await mustBe(200, settings, "GET", "/ari/api-docs/resources.json", deadlineMs);
  // A user with read_only=yes gets 403 for any write, before Asterisk looks for the channel.
  const write = await ask(settings, "DELETE", `/ari/channels/${NOBODY}`, deadlineMs);
  if (write.status === 403) {
    throw new RingfenceError(
      "asterisk-refused",
      `ARI user "${settings.username}" may only read: set read_only=no in ari.conf`,
    );
  }
}

async function mustBe(
  status: number,
  settings: AriSettings,
  method: "GET",
  path: string,
  deadlineMs: number,
): Promise<void> {
  const answer = await ask(settings, method, path, deadlineMs);
  if (answer.status !== status) {
    throw new RingfenceError(
      "asterisk-unreachable",
      `ARI answers ${answer.status} for ${path}: Asterisk is still starting, or a module is not loaded`,
    );
  }
}
