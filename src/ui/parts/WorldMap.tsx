import { useQuery } from "@tanstack/react-query";
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { countryName } from "./format.js";

export interface Country {
  /** ISO 3166, two letters; null: of no country with a code. */
  readonly code: string | null;
  readonly name: string;
  /** The shape, as an SVG path. */
  readonly path: string;
}

export const MAP_WIDTH = 720;
export const MAP_HEIGHT = 350;

interface WorldMapProps {
  readonly label: string;
  /** The class of a country's shape, such as `rf-map-2`; undefined: of its own accord. */
  readonly tone: (code: string) => string | undefined;
  /** What is told of a country on hover. */
  readonly tell: (code: string) => string;
  readonly onPick?: (code: string) => void;
}

/** The countries of the world. The shapes come with the page. Say the same in a list: a map says nothing to a screen reader. */
export function WorldMap({ label, tone, tell, onPick }: WorldMapProps) {
  const { data: countries } = useQuery({ queryKey: ["map"], queryFn: loadCountries, staleTime: Infinity });
  return (
    <svg viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} role="img" aria-label={label} className="rf-map">
      {(countries ?? []).map(({ code, name, path }) => (
        <path
          key={code ?? name}
          d={path}
          className={`rf-country ${(code === null ? undefined : tone(code)) ?? ""} ${onPick === undefined || code === null ? "" : "rf-country-pick"}`}
          onClick={code === null || onPick === undefined ? undefined : () => onPick(code)}
        >
          <title>{code === null ? name : tell(code)}</title>
        </path>
      ))}
    </svg>
  );
}

async function loadCountries(): Promise<readonly Country[]> {
  const { default: world } = (await import("world-atlas/countries-110m.json")) as unknown as {
    default: Topology<{ countries: GeometryCollection<{ readonly name: string }> }>;
  };
  const { features } = feature(world, world.objects.countries);
  const shown = {
    type: "FeatureCollection" as const,
    features: features.filter(({ id }) => id !== ANTARCTICA),
  };
  const draw = geoPath(geoEqualEarth().fitSize([MAP_WIDTH, MAP_HEIGHT], shown)).digits(1);
  return shown.features.map((each) => {
    const code = codeOf(each.id, each.properties.name);
    return { code, name: code === null ? each.properties.name : countryName(code), path: draw(each) ?? "" };
  });
}

const ANTARCTICA = "010";

/** The shapes have numbers of ISO 3166; browsers know which letters they are the long form of. */
function codeOf(id: string | number | undefined, name: string): string | null {
  if (id === undefined) return name === "Kosovo" ? "XK" : null;
  const region = new Intl.Locale(`und-${String(id).padStart(3, "0")}`).region;
  return region !== undefined && /^[A-Z]{2}$/.test(region) ? region : null;
}
