import { Table } from "@mantine/core";
import type { LimitsJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { limitValue } from "../../parts/format.js";
import { RuleRow } from "../../parts/RuleRow.js";
import { Loaded } from "../../parts/states.js";
import { limitWords } from "../../texts/extensions.js";
import { ratesTexts as texts } from "../../texts/rates.js";
import { spaced } from "../../texts/words.js";

/** The limits on calls and money that hold for everyone without ones of their own. */
export function Limits() {
  const mayEdit = useMay("admin");
  const limits = useGet<LimitsJson>(paths.limits);
  const send = useSend<LimitsJson>({ done: () => texts.done });
  return (
    <Card title={texts.limits} flush>
      <Loaded query={limits}>
        {(found) => (
          <Table className="rf-table" verticalSpacing={7} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.limit}</Table.Th>
                <Table.Th>{texts.limitValue}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.limits.map(({ name, value, why, range, choices }) => (
                <RuleRow
                  key={name}
                  rule={limitWords[name] ?? spaced(name)}
                  why={why}
                  here={limitValue(value)}
                  own={false}
                  edit={
                    mayEdit
                      ? {
                          value,
                          form: range,
                          choices,
                          busy: send.isPending,
                          save: (next) =>
                            send.mutateAsync({
                              method: "PATCH",
                              path: paths.limits,
                              body: { limits: { [name]: next } },
                              basedOn: found,
                            }),
                        }
                      : null
                  }
                />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
    </Card>
  );
}
