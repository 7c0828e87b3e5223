import { RingfenceError } from "../../domain/error.js";

/** Where Asterisk serves ARI, and the user in ari.conf. `url` is a scheme, host and port. */
export interface AriSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The name under which asterisk-conf/extensions-ringfence.conf calls Stasis(). */
export const APPLICATION = "ringfence";

/** The origin of `url`. ari-client drops a path and asks below /ari/ whatever it was given: better to say so than to fail.
 *  Throws a RingfenceError `config`. */
export function originOf(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    throw new RingfenceError("config", `ari url: write it as http://127.0.0.1:8088, not "${url}"`);
  }
  if (parsed.pathname !== "/" || parsed.search !== "" || parsed.username !== "" || parsed.hash !== "") {
    throw new RingfenceError(
      "config",
      `ari url: write ${parsed.protocol}//${parsed.host} alone, without path or user`,
    );
  }
  return parsed;
}
