/** What the API's slugs are called. A slug that is not here is shown as it is, with spaces. */
const causes: Readonly<Record<string, string>> = {
  attack: "Attack",
  "outdated-credentials": "Old password",
  typo: "Typing mistake",
  "stale-device": "Forgotten device",
  "wrong-signalling": "Wrong call settings",
  "call-script": "Call script",
  "allow-list": "Not on the allow-list",
  "by-hand": "By hand",
};

const standings: Readonly<Record<string, string>> = {
  protected: "Protected",
  known: "Known source",
  stranger: "Stranger",
};

const proofs: Readonly<Record<string, string>> = {
  returned: "The sender surely has this address",
  unproven: "UDP, so the address could be forged",
  forged: "The address was forged",
};

export function spaced(slug: string): string {
  const text = slug.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const causeName = (slug: string): string => causes[slug] ?? spaced(slug);
export const standingName = (slug: string): string => standings[slug] ?? spaced(slug);
export const proofName = (slug: string): string => proofs[slug] ?? spaced(slug);
export const causeSlugs = Object.keys(causes);
