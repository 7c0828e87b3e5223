import { Table } from "@mantine/core";
import type { OverviewJson } from "../../../http/contract.js";
import { LineChart } from "../../parts/LineChart.js";
import { count, exact } from "../../parts/format.js";
import { overview as texts } from "../../texts/overview.js";

/** Attempts, bans and refused calls as lines, and as a table for who can't or won't read lines. */
export function OverTime({ overview: { series } }: { readonly overview: OverviewJson }) {
  return (
    <>
      <LineChart
        label={texts.chartLabel}
        at={series.map(({ at }) => Date.parse(at))}
        lines={[
          {
            name: texts.attempts,
            color: "--rf-chart-1",
            values: series.map(({ attempts }) => attempts),
            fill: true,
          },
          { name: texts.shutOut, color: "--rf-chart-2", values: series.map(({ bans }) => bans) },
          {
            name: texts.refused,
            color: "--rf-chart-3",
            values: series.map(({ callsRefused }) => callsRefused),
            dash: [6, 4],
          },
        ]}
      />
      <details className="rf-details">
        <summary>{texts.asTable}</summary>
        <div className="rf-scroll">
          <Table fz="xs" verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{texts.when}</Table.Th>
                {[texts.attempts, texts.shutOut, texts.refused].map((name) => (
                  <Table.Th key={name} ta="right" scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {series.toReversed().map(({ at, attempts, bans, callsRefused }) => (
                <Table.Tr key={at}>
                  <Table.Td>{exact(new Date(at))}</Table.Td>
                  {[attempts, bans, callsRefused].map((value, index) => (
                    <Table.Td key={index} ta="right" className="rf-number">
                      {count(value)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </details>
    </>
  );
}
