import { isIP } from "node:net";
import { hostname } from "node:os";
import type { RequestHandler } from "express";
import { RequestRefused } from "./errors.js";
import { visitorOf } from "./visitor.js";

/** Whether `name` (lower case, no port) is one by which this server may be called. */
export type IsOurName = (name: string) => boolean;

/** By what names the UI and the API are asked for: an address, which nobody's name server can make ours; `localhost`; the machine's
 *  own name; what the configuration names (`http.names`); what the certificate of the moment is made out to. */
export function ownNames(configured: readonly string[], certifies: IsOurName): IsOurName {
  const machine = hostname().toLowerCase();
  const [short = machine] = machine.split(".");
  const known = new Set(["localhost", machine, short, `${short}.local`, ...configured]);
  return (name) => isIP(name) !== 0 || known.has(name) || name.endsWith(".localhost") || certifies(name);
}

/** Refuses whoever calls this server by a name that is not its own: a page of somebody's may have its name lead here (DNS rebinding),
 *  and would then be our own origin to its visitor's browser. */
export function refuseOtherNames(isOurs: IsOurName): RequestHandler {
  return (request, response, next) => {
    const { host } = visitorOf(request);
    const name = nameIn(host ?? "");
    if (name !== null && isOurs(name)) {
      next();
      return;
    }
    const refusal = new RequestRefused(
      "wrong-host",
      name === null
        ? "The request does not say which server it is for: open this page by its address, such as http://192.0.2.1:8787."
        : `This server does not answer to the name ${name}. If it is yours, write http: { names: [${name}] } in Ringfence's configuration and restart it, or open this page by its address.`,
    );
    // A browser's window is no place for JSON.
    if (request.accepts(["json", "html"]) !== "html") throw refusal;
    response.status(421).type("text/plain").send(refusal.message);
  };
}

/** `pbx.example` of `PBX.example.:8443`, `::1` of `[::1]:8787`; null for what is no name and no address. */
function nameIn(host: string): string | null {
  const found = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[a-z0-9_.-]{1,253}))(?::[0-9]{1,5})?$/i.exec(
    host,
  )?.groups;
  const name = (found?.["v6"] ?? found?.["name"] ?? "").toLowerCase().replace(/\.$/, "");
  return name === "" ? null : name;
}
