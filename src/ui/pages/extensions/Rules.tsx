import { Anchor, Table } from "@mantine/core";
import { Link } from "react-router";
import type { AreasJson, CapJson, ExtensionWholeJson, LimitsJson } from "../../../http/contract.js";
import { useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { countryName, dollars, limitValue } from "../../parts/format.js";
import { common } from "../../texts/common.js";
import { extensionsTexts as texts, limitWords } from "../../texts/extensions.js";
import { spaced } from "../../texts/words.js";
import { RuleRow } from "../../parts/RuleRow.js";

/** What holds for an extension beside what everyone has; each may be made its own, and given back. */
export function Rules({ whole }: { readonly whole: ExtensionWholeJson }) {
  const { areas, allowList, own, name } = whole;
  const lists = `?extension=${encodeURIComponent(name)}`;
  return (
    <Table className="rf-table rf-rules" verticalSpacing={7} horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.rule}</Table.Th>
          <Table.Th>{texts.holds}</Table.Th>
          <Table.Th>{texts.everyone}</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        <RuleRow
          rule={texts.areasName}
          own={own.areas}
          here={areaWords(areas.inForce)}
          everyone={areaWords(areas.global)}
          edit={<EditLink rule={texts.areasName} to={`/areas${lists}`} />}
        />
        <RuleRow
          rule={texts.prefixesName}
          own={own.prefixes}
          here={prefixWords(areas.inForce)}
          everyone={prefixWords(areas.global)}
          edit={<EditLink rule={texts.prefixesName} to={`/areas${lists}`} />}
        />
        <Cap whole={whole} />
        <RuleRow
          rule={texts.listName}
          own={own.allowList}
          here={allowList.inForce.on ? texts.entries(allowList.inForce.entries.length) : texts.off}
          everyone={allowList.global.on ? texts.entries(allowList.global.entries.length) : texts.off}
          edit={<EditLink rule={texts.listName} to={`/allow-lists${lists}`} />}
        />
        <Limits whole={whole} />
      </Table.Tbody>
    </Table>
  );
}

function EditLink({ rule, to }: { readonly rule: string; readonly to: string }) {
  return (
    <Anchor component={Link} to={to} fz="sm" aria-label={common.editOf(rule)}>
      {common.edit}
    </Anchor>
  );
}

function Cap({ whole: { name, cap, own } }: { readonly whole: ExtensionWholeJson }) {
  const mayEdit = useMay("admin");
  const send = useSend<CapJson>({ done: () => texts.saved });
  const save = (value: string) =>
    send.mutateAsync({
      method: "PUT",
      path: paths.cap,
      body: { usdPerMinute: value === "" ? null : value, extension: name },
    });
  return (
    <RuleRow
      rule={texts.capName}
      own={own.cap}
      here={capWords(cap.inForce)}
      everyone={capWords(cap.global)}
      inherit={mayEdit ? () => send.mutate({ method: "DELETE", path: paths.ownCap(name) }) : undefined}
      edit={
        mayEdit
          ? { value: cap.inForce.usdPerMinute ?? "", form: texts.capForm, busy: send.isPending, save }
          : null
      }
    />
  );
}

function Limits({ whole: { name, limits } }: { readonly whole: ExtensionWholeJson }) {
  const mayEdit = useMay("admin");
  const send = useSend<LimitsJson>({ done: () => texts.saved });
  const set = (limit: string, value: string | null) =>
    send.mutateAsync({
      method: "PATCH",
      path: paths.limits,
      body: { limits: { [limit]: value }, extension: name },
    });
  return limits.inForce.map(({ name: limit, value, scope, range, choices }) => (
    <RuleRow
      key={limit}
      rule={limitWords[limit] ?? spaced(limit)}
      own={scope !== "global"}
      here={limitValue(value)}
      everyone={limitValue(limits.global.find((each) => each.name === limit)?.value ?? "")}
      // What went wrong is told by the sending itself.
      inherit={mayEdit ? () => void set(limit, null).catch(() => undefined) : undefined}
      edit={
        mayEdit
          ? { value, form: range, choices, busy: send.isPending, save: (next) => set(limit, next) }
          : null
      }
    />
  ));
}

function areaWords({ areas }: AreasJson): string {
  if (areas.length === 0) return common.none;
  const shown = areas
    .slice(0, 12)
    .map(({ area, types }) => countryName(area) + (types === null ? "" : ` (${types.join(", ")})`));
  return `${shown.join(", ")}${areas.length > 12 ? ` + ${areas.length - 12}` : ""}`;
}

function prefixWords({ prefixes }: AreasJson): string {
  if (prefixes.length === 0) return common.none;
  return prefixes
    .map(({ prefix, action }) => `${prefix} ${action === "allow" ? "open" : "closed"}`)
    .join(", ");
}

function capWords({ usdPerMinute }: CapJson): string {
  return usdPerMinute === null ? texts.noCap : `${dollars(usdPerMinute, "price")} a minute`;
}
