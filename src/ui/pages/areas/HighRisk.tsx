import { Checkbox, Stack, Table, Text } from "@mantine/core";
import type { AreasJson, HighRiskJson } from "../../../http/contract.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { countryName } from "../../parts/format.js";
import { Loaded } from "../../parts/states.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { spaced } from "../../texts/words.js";

type Rule = AreasJson["highRisk"];

/** Ranges that toll fraud is known to end in: closed inside open areas, unless an admin wants it otherwise. */
export function HighRisk({
  value,
  onChange,
  mayEdit,
}: {
  readonly value: Rule;
  readonly onChange: (value: Rule) => void;
  readonly mayEdit: boolean;
}) {
  const known = useGet<HighRiskJson>(paths.highRisk, undefined, { staleMs: 600_000 });
  return (
    <Card title={texts.highRisk}>
      <Stack gap="sm">
        <Checkbox
          checked={value === "refuse"}
          disabled={!mayEdit}
          label={texts.highRiskRefuse}
          description={texts.highRiskText}
          onChange={({ currentTarget }) => onChange(currentTarget.checked ? "refuse" : "allow")}
        />
        <Loaded query={known}>
          {({ ranges }) => (
            <details className="rf-details">
              <summary>{texts.ranges(ranges.length)}</summary>
              <div className="rf-scroll" tabIndex={0} role="region" aria-label={texts.highRisk}>
                <Table className="rf-table">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{texts.prefix}</Table.Th>
                      <Table.Th>{texts.where}</Table.Th>
                      <Table.Th>{texts.why}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {ranges.map(({ prefix, area, why, source, date }) => (
                      <Table.Tr key={prefix}>
                        <Table.Td className="rf-number">{prefix}</Table.Td>
                        <Table.Td data-label={texts.where}>
                          {/^[A-Z]{2}$/.test(area) ? countryName(area) : spaced(area)}
                        </Table.Td>
                        <Table.Td data-label={texts.why} className="rf-wrap">
                          <div>
                            {why}
                            <Text fz="xs" c="dimmed">
                              {source}, {date}
                            </Text>
                          </div>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
            </details>
          )}
        </Loaded>
      </Stack>
    </Card>
  );
}
