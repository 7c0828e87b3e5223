const LONGEST_NAME = 80;

/** The two letters of a country in a record of MaxMind's, DB-IP's or IPinfo's; null where it tells none. Where the address is
 *  comes before where its network is registered. */
export function countryOf(record: unknown): string | null {
  const codes = [
    at(record, "country", "iso_code"),
    at(record, "country_code"),
    at(record, "country"),
    at(record, "registered_country", "iso_code"),
  ];
  const code = codes.find((each) => typeof each === "string" && /^[A-Z]{2}$/.test(each));
  return typeof code === "string" ? code : null;
}

/** `Example Telecom (AS64500)`, as much of it as the record tells. The name is somebody else's text, without control
 *  characters. */
export function networkNameOf(record: unknown): string | null {
  const name = cleaned(
    at(record, "autonomous_system_organization") ?? at(record, "as_name") ?? at(record, "isp") ?? null,
  );
  const as = asNumber(at(record, "autonomous_system_number") ?? at(record, "asn"));
  if (name === null) return as === undefined ? null : `AS${as}`;
  return as === undefined ? name : `${name} (AS${as})`;
}

/** 64500 and `AS64500` to their digits. */
function asNumber(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value : "";
  return /^(?:AS)?(\d{1,10})$/.exec(text)?.[1];
}

function at(record: unknown, ...path: readonly string[]): unknown {
  let value = record;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function cleaned(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")
    .trim()
    .slice(0, LONGEST_NAME);
  return plain === "" ? null : plain;
}
