import { readFile } from "node:fs/promises";
import { Reader, type Response } from "maxmind";
import type { Target } from "./domain/address.js";
import { findGeoFile, USUAL_FOLDERS, type FoundFile, type GeoKind } from "./geo-files.js";
import { countryOf, networkNameOf } from "./geo-record.js";
import type { Log, Networks, NetworkPlace, Stop } from "./guard/ports.js";

const LOOK_EVERY_MS = 60_000;
/** The largest that are sold, of cities, are a third of this; they are held in memory. */
const MOST_BYTES = 512 * 1024 * 1024;
/** The mark of the format stands within this many bytes of the end (MaxMind DB specification, 2.0). */
const MARKER = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
const MARKER_WITHIN = 128 * 1024;

export interface GeoOptions {
  /** Paths of MMDB files; null: what is found in the usual places. */
  readonly country: string | null;
  readonly network: string | null;
  readonly folders?: readonly string[];
  readonly lookEveryMs?: number;
}

interface Held {
  readonly file: FoundFile;
  /** Null: damaged, and told of. */
  readonly reader: Reader<Response> | null;
}

/** Country and network of an address, from the MMDB files that the admin has. New and changed files are taken up within a
 *  minute; without any, or with damaged ones, nothing is known and all else works. */
export class GeoFiles implements Networks {
  private readonly held = new Map<GeoKind, Held>();
  private readonly missing = new Set<GeoKind>();

  constructor(
    private readonly options: GeoOptions,
    private readonly log: Log,
  ) {}

  /** Resolves once what is there now is read. */
  async start(): Promise<Stop> {
    let looking = this.look();
    const timer = setInterval(() => {
      looking = looking.then(() => this.look());
    }, this.options.lookEveryMs ?? LOOK_EVERY_MS);
    timer.unref();
    await looking;
    return async () => {
      clearInterval(timer);
      await looking;
    };
  }

  of(target: Target): NetworkPlace | null {
    const address = target.replace(/\/.*$/, "");
    const country = countryOf(this.record("country", address));
    const network = networkNameOf(this.record("network", address));
    return country === null && network === null ? null : { country, network };
  }

  /** Whether there is a file that says where addresses are. */
  knowsCountries(): boolean {
    return (this.held.get("country")?.reader ?? null) !== null;
  }

  private record(kind: GeoKind, address: string): unknown {
    const held = this.held.get(kind);
    if (held === undefined || held.reader === null) return null;
    // A file for IPv4 would take an IPv6 address for some other.
    if (address.includes(":") && held.reader.metadata.ipVersion === 4) return null;
    try {
      return held.reader.get(address);
    } catch (error) {
      this.putAside(kind, held.file, error);
      return null;
    }
  }

  private async look(): Promise<void> {
    for (const kind of ["country", "network"] as const) {
      const named = this.options[kind];
      const file = findGeoFile(kind, named, this.options.folders ?? USUAL_FOLDERS);
      const held = this.held.get(kind);
      if (file === null) {
        // While a file is put in another's place there is none for a moment: what was read stays.
        if (named !== null && !this.missing.has(kind)) {
          this.log.warn("the file of countries or networks is not there", { kind, file: named });
          this.missing.add(kind);
        }
        continue;
      }
      this.missing.delete(kind);
      if (held?.file.stamp !== file.stamp) await this.read(kind, file);
    }
  }

  private async read(kind: GeoKind, file: FoundFile): Promise<void> {
    try {
      const reader = await readerOf(file);
      this.held.set(kind, { file, reader });
      const built = reader.metadata.buildEpoch;
      this.log.info("countries or networks are told from a file", { kind, file: file.path, built });
    } catch (error) {
      // The one before is better than none.
      const before = this.held.get(kind)?.reader ?? null;
      this.putAside(kind, file, error, before);
    }
  }

  private putAside(
    kind: GeoKind,
    file: FoundFile,
    error: unknown,
    reader: Reader<Response> | null = null,
  ): void {
    this.held.set(kind, { file, reader });
    this.log.warn("the file of countries or networks is damaged: download it again", {
      kind,
      file: file.path,
      error,
    });
  }
}

async function readerOf(file: FoundFile): Promise<Reader<Response>> {
  if (file.bytes > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`);
  const bytes = await readFile(file.path);
  const marker = bytes.lastIndexOf(MARKER);
  if (marker < bytes.length - MARKER_WITHIN || marker < 0)
    throw new Error("it is no MMDB file, or not all of it");
  const reader = new Reader<Response>(bytes);
  const { searchTreeSize, ipVersion } = reader.metadata;
  if (!(searchTreeSize > 0 && searchTreeSize < marker)) throw new Error("its search tree is cut off");
  if (ipVersion !== 4 && ipVersion !== 6) throw new Error("it is for no known IP version");
  return reader;
}
