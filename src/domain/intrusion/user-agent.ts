export type Agent =
  /** A program that looks for PBXs or guesses passwords, by its own admission. */
  | { readonly kind: "scanner" }
  /** `name` is of this file or made of letters, digits and hyphens: safe to show. */
  | { readonly kind: "device"; readonly name: string };

/** What scanners call themselves unless told otherwise: SIPVicious (friendly-scanner), SIPPTS (pplsip, sipptk), sipcli and
 *  the forks that fill every PBX's log. */
const SCANNERS =
  /friendly-?(scanner|request)|sip-?vicious|sundayddr|sipcli|sip-?scan|pplsip|sippts|sipptk|sivus|siparmyknife|iwar\b|\bsmap\b|sip-?crack|sip-?flood|sip-?bomb|voip-?hopper|vaxsipuseragent|\bgulp\b/i;

/** Makers and programs, as their User-Agent begins, and as people call them. */
const DEVICES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^yealink\b/i, "Yealink"],
  [/^snom/i, "Snom"],
  [/^grandstream\b/i, "Grandstream"],
  [/^poly(com)?(soundpointip|edge|vvx|ccx)?\b/i, "Poly"],
  [/^cisco|^linksys|^sipura/i, "Cisco"],
  [/^gigaset|^siemens/i, "Gigaset"],
  [/^fanvil\b/i, "Fanvil"],
  [/^(aastra|mitel)\b/i, "Mitel"],
  [/^panasonic/i, "Panasonic"],
  [/^htek\b/i, "Htek"],
  [/^alcatel/i, "Alcatel"],
  [/^avaya/i, "Avaya"],
  [/^(avm )?fritz!?box/i, "FRITZ!Box"],
  [/^obihai\b/i, "Obihai"],
  [/^zoiper|^z \d/i, "Zoiper"],
  [/^linphone/i, "Linphone"],
  [/^baresip\b/i, "baresip"],
  [/^microsip\b/i, "MicroSIP"],
  [/^bria\b|^x-lite|^eyebeam/i, "Bria"],
  [/^(acrobits|groundwire)/i, "Groundwire"],
  [/^3cx/i, "3CX"],
  [/^(fpbx|freepbx)/i, "FreePBX"],
  [/^asterisk/i, "Asterisk"],
  [/^freeswitch/i, "FreeSWITCH"],
  [/^starface/i, "Starface"],
  [/^(kamailio|opensips)/i, "SIP proxy"],
];
const LONGEST_READ = 200;

/** Recognises what sends, by a User-Agent (hostile text); null for those nobody knows. Whoever sends it may lie: a scanner's
 *  name counts, a phone's proves nothing. */
export function agentOf(userAgent: string): Agent | null {
  const text = userAgent.slice(0, LONGEST_READ).trim();
  if (SCANNERS.test(text)) return { kind: "scanner" };
  const found = DEVICES.find(([pattern]) => pattern.test(text));
  if (found === undefined) return null;
  const [pattern, maker] = found;
  const model = MODEL.exec(text.replace(pattern, " "))?.[1];
  return { kind: "device", name: model === undefined ? maker : `${maker} ${model}` };
}

/** The word after the maker's, where it looks like a model: letters and digits both. */
const MODEL = /^[\s/_-]*([a-z]{0,3}-?[a-z]?\d{2,4}[a-z]{0,3})(?=[\s/_-]|$)/i;
