import { Text } from "@mantine/core";
import type { OverviewJson } from "../../../http/contract.js";
import { BarList } from "../../parts/BarList.js";
import { countryName } from "../../parts/format.js";
import { WorldMap } from "../../parts/WorldMap.js";
import { overview as texts } from "../../texts/overview.js";

const LISTED = 6;

/** Where those are who were shut out, on a map and as a list. */
export function Countries({ countries }: Pick<OverviewJson, "countries">) {
  if (countries === null) {
    return (
      <>
        <Text fz="sm" fw={550}>
          {texts.noMap}
        </Text>
        <Text fz="sm" c="dimmed" mt={4}>
          {texts.noMapText}
        </Text>
      </>
    );
  }
  const most = Math.max(1, ...countries.map(({ sources }) => sources));
  const sourcesOf = (code: string): number => countries.find(({ country }) => country === code)?.sources ?? 0;
  return (
    <>
      <WorldMap
        label={texts.where}
        tone={(code) => {
          const share = sourcesOf(code) / most;
          return share === 0 ? undefined : share > 0.5 ? "rf-map-3" : share > 0.1 ? "rf-map-2" : "rf-map-1";
        }}
        tell={(code) => `${countryName(code)}: ${texts.sources(sourcesOf(code))}`}
      />
      {countries.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {texts.whereNone}
        </Text>
      ) : (
        <BarList
          items={countries
            .slice(0, LISTED)
            .map(({ country, sources }) => ({ name: countryName(country), value: sources }))}
        />
      )}
    </>
  );
}
