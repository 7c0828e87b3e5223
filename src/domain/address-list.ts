import { formatTarget, networkOf, parseIp, parseTarget, SOURCE_BITS_V6, type Target } from "./address.js";

export interface AddressList {
  /** In their order, each once, with the line on which it first stands. */
  readonly targets: ReadonlyMap<Target, number>;
  /** What could not be taken; `line` counts from 1. `text` is as it was written, cut short. */
  readonly refused: readonly { readonly line: number; readonly text: string; readonly message: string }[];
}

/** Reads addresses from what people have lying about: the `ignoreip` of a fail2ban jail.conf, what `fail2ban-client status JAIL` and
 *  `fail2ban-client banned` print, plain lists with comments, and CSV with one column. In a file of fail2ban's, everything but
 *  its addresses is passed over; elsewhere, whatever is no address is refused. */
export function parseAddressList(text: string): AddressList {
  const targets = new Map<Target, number>();
  const refused: { line: number; text: string; message: string }[] = [];
  for (const { word, line, fromFail2ban } of wordsOf(text.replace(/^\uFEFF/, ""))) {
    const parsed = (fromFail2ban ? maskedNetwork(word) : null) ?? parseTarget(word);
    if ("target" in parsed) {
      if (!targets.has(parsed.target)) targets.set(parsed.target, line);
    } else refused.push({ line, text: word.slice(0, 60), message: adviceFor(word) ?? parsed.error });
  }
  return { targets, refused };
}

interface Word {
  readonly word: string;
  readonly line: number;
  readonly fromFail2ban: boolean;
}

const IGNOREIP = /^\s*ignoreip\s*[=:]/;
const BANNED_LIST = /Banned IP list:/;
/** `[{'sshd': ['203.0.113.1']}, {'asterisk': []}]`, as Python prints it. */
const BANNED_DICTS = /^\s*\[\s*\{\s*'/;
const HEADERS = /^"?(ip|ips|address|addresses|ip_?address|target|cidr|network|host)"?$/i;

function wordsOf(text: string): Word[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.some((line) => IGNOREIP.test(line))) return ignoreIps(lines);
  if (lines.some((line) => BANNED_LIST.test(line))) {
    return lines.flatMap((line, index) => {
      const [, list] = line.split(BANNED_LIST);
      return list === undefined ? [] : split(list, index + 1, true);
    });
  }
  if (BANNED_DICTS.test(text)) {
    return lines.flatMap((line, index) =>
      [...line.matchAll(/'([^']*)'(\s*:)?/g)]
        .filter(([, , jail]) => jail === undefined)
        .map(([, word = ""]) => ({ word, line: index + 1, fromFail2ban: true })),
    );
  }
  return lines.flatMap((line, index) => {
    const bare = withoutComment(line).trim();
    if (index === 0 && HEADERS.test(bare)) return [];
    return split(bare.replace(/"/g, " "), index + 1, false);
  });
}

/** The values of every `ignoreip`, with the indented lines that go on with it. */
function ignoreIps(lines: readonly string[]): Word[] {
  const words: Word[] = [];
  let goesOn = false;
  lines.forEach((line, index) => {
    if (/^\s*[#;]/.test(line)) return;
    const starts = IGNOREIP.test(line);
    goesOn = starts || (goesOn && /^\s+\S/.test(line));
    if (goesOn) words.push(...split(withoutComment(line.replace(IGNOREIP, "")), index + 1, true));
  });
  return words;
}

function split(text: string, line: number, fromFail2ban: boolean): Word[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map((word) => ({ word, line, fromFail2ban }));
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)(#|;|\/\/).*$/, "");
}

/** fail2ban takes `192.168.1.5/24` for the whole network, and its own default is `127.0.0.1/8`. */
function maskedNetwork(word: string): { target: Target } | null {
  const [address = "", bitsText] = word.split("/");
  const ip = parseIp(address);
  if (ip === null || bitsText === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(bitsText)) return null;
  const most = ip.family === 4 ? 32 : SOURCE_BITS_V6;
  if (Number(bitsText) > (ip.family === 4 ? 32 : 128)) return null;
  return { target: formatTarget(networkOf(ip, Math.min(Number(bitsText), most))) };
}

function adviceFor(word: string): string | null {
  if (/^%\(.*\)s$/.test(word)) return "it stands for another setting of that file: write its addresses here";
  if (/^[0-9a-f.:]+-[0-9a-f.:]+$/i.test(word) && /[.:]/.test(word)) {
    return "ranges are not read: write networks such as 203.0.113.0/24";
  }
  if (/^(?=.*[a-z])[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(word)) {
    return "names are not read, since what they stand for changes: write its address";
  }
  return null;
}
