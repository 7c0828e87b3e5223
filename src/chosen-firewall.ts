import { join } from "node:path";
import { AclFirewall } from "./asterisk/acl-firewall.js";
import { banAsterisk } from "./asterisk/acl/ban-questions.js";
import { LISTS_FOLDER } from "./asterisk/acl/files.js";
import type { Control } from "./asterisk/ami/control.js";
import type { Config } from "./config.js";
import { DryRun } from "./firewall/dry-run.js";
import { Ipset } from "./firewall/ipset.js";
import { Nftables } from "./firewall/nftables.js";
import type { After, Clock, Firewall, Log } from "./guard/ports.js";

export interface FirewallParts {
  readonly control: Control;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

/** The backend that the configuration names. It touches nothing yet. */
export function chosenFirewall(
  { firewall, http, asterisk }: Config,
  { control, clock, after, log }: FirewallParts,
): Firewall {
  const { backend, answer, sipPorts, flood, nft, ipset, iptables, ip6tables } = firewall;
  const uiPorts = http.listen === null ? firewall.uiPorts : [...firewall.uiPorts, http.listen.port];
  const filter = { answer, sipPorts, uiPorts, flood };
  switch (backend) {
    case "nftables":
      return new Nftables({ ...filter, binary: nft });
    case "ipset":
      return new Ipset(clock, { ...filter, ipset, iptables, ip6tables });
    case "asterisk-acl":
      return new AclFirewall({
        folder: join(asterisk.configDir, LISTS_FOLDER),
        asterisk: banAsterisk(control),
        clock,
        after,
      });
    case "dry-run":
      return new DryRun(clock, log);
  }
}

/** What another backend shut before this one was chosen would stay shut, whatever anybody lifts. Who may not touch the kernel's
 *  filters leaves nothing there either. */
export async function takeOutOthers(
  { firewall: { backend, nft, ipset, iptables, ip6tables } }: Config,
  { clock, log }: Pick<FirewallParts, "clock" | "log">,
): Promise<void> {
  const others: Firewall[] = [];
  if (backend !== "nftables") others.push(new Nftables({ binary: nft }));
  if (backend !== "ipset") others.push(new Ipset(clock, { ipset, iptables, ip6tables }));
  for (const other of others) {
    try {
      await other.remove();
    } catch (error) {
      log.debug("another backend left nothing that could be taken out", { backend: other.name, error });
    } finally {
      await other.close();
    }
  }
}
