import { readdirSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";

/** What a file is asked for. */
export type GeoKind = "country" | "network";

/** Where the packages geoipupdate, dbip and their like put their files. */
export const USUAL_FOLDERS = [
  "/usr/share/GeoIP",
  "/var/lib/GeoIP",
  "/usr/local/share/GeoIP",
  "/opt/GeoIP",
] as const;

/** The names that MaxMind, DB-IP and IPinfo give their files, the best first: a file of cities knows countries too, and is
 *  eight times as large. DB-IP's carry the month. */
const NAMES: Readonly<Record<GeoKind, readonly RegExp[]>> = {
  country: [
    /^GeoIP2-Country\.mmdb$/i,
    /^GeoLite2-Country\.mmdb$/i,
    /^dbip-country(-lite)?(-\d{4}-\d{2})?\.mmdb$/i,
    /^(ipinfo_lite|country_asn|country)\.mmdb$/i,
    /^GeoIP2-City\.mmdb$/i,
    /^GeoLite2-City\.mmdb$/i,
    /^dbip-city(-lite)?(-\d{4}-\d{2})?\.mmdb$/i,
  ],
  network: [
    /^GeoIP2-ISP\.mmdb$/i,
    /^GeoLite2-ASN\.mmdb$/i,
    /^dbip-asn(-lite)?(-\d{4}-\d{2})?\.mmdb$/i,
    /^(ipinfo_lite|country_asn|asn)\.mmdb$/i,
  ],
};

export interface FoundFile {
  readonly path: string;
  /** Changes when the file does. */
  readonly stamp: string;
  readonly bytes: number;
}

/** The file to read: the one that was named, else the best in the usual places; null where there is none. */
export function findGeoFile(
  kind: GeoKind,
  named: string | null,
  folders: readonly string[] = USUAL_FOLDERS,
): FoundFile | null {
  if (named !== null) return fileAt(named);
  const there = folders.map((folder) => ({ folder, names: namesIn(folder) }));
  for (const pattern of NAMES[kind]) {
    for (const { folder, names } of there) {
      // Of several months the last.
      const name = names.findLast((each) => pattern.test(each));
      const found = name === undefined ? null : fileAt(join(folder, name));
      if (found !== null) return found;
    }
  }
  return null;
}

/** In order; none where the folder can't be read, as is usual. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function fileAt(path: string): FoundFile | null {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    // Named in a folder that may not be entered: as good as missing.
    return null;
  }
  if (stats === undefined || !stats.isFile()) return null;
  return { path, stamp: `${path} ${stats.ino} ${stats.mtimeMs} ${stats.size}`, bytes: stats.size };
}
