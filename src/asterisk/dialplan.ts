import { RingfenceError } from "../domain/error.js";
import type { DialplanStep } from "../domain/calling/routes.js";
import type { AsteriskInspection } from "../guard/ports.js";
import { sectionsOf } from "./acl/questions.js";
import { availableActions } from "./ami/facts.js";
import type { Control } from "./ami/control.js";

/** Reads what `doctor` looks at. */
export function asteriskInspection(control: Pick<Control, "jobNow">): AsteriskInspection {
  return {
    actions: () => control.jobNow((ask) => availableActions(ask)),
    dialplan: () =>
      control.jobNow(async (ask) => {
        const { ok, items, message } = await ask("ShowDialPlan");
        if (!ok) {
          const why = message.get("message") ?? "no reason given";
          throw new RingfenceError("asterisk-refused", `AMI does not show the dialplan: ${why}`);
        }
        return items.map(stepOf).filter((step) => step !== null);
      }),
    webManager: () =>
      control.jobNow(async (ask) => {
        const lines = await sectionsOf(ask, "manager.conf", { section: "general" });
        const values = (lines.get("general") ?? []).filter((line) => /^webenabled\s*=/i.test(line));
        return /=\s*>?\s*(?:yes|true|y|t|1|on)\s*$/i.test(values.at(-1) ?? "");
      }),
  };
}

function stepOf(item: ReadonlyMap<string, string>): DialplanStep | null {
  const [context, extension] = [item.get("context"), item.get("extension")];
  const priority = Number(item.get("priority"));
  // Includes, switches and hints have no application that runs.
  if (item.get("event") !== "ListDialplan" || context === undefined || extension === undefined) return null;
  if (!Number.isInteger(priority) || priority < 1) return null;
  return {
    context,
    extension,
    priority,
    application: item.get("application") ?? "",
    data: item.get("appdata") ?? "",
  };
}
