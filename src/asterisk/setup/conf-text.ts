/** Just enough of Asterisk's configuration files to see what stands in one. Includes are not followed. */

export function hasSection(text: string, name: string): boolean {
  return linesOf(text).some((line) => sectionOf(line) === name);
}

/** The last value of a key in a section; null where it has none. */
export function settingOf(text: string, section: string, key: string): string | null {
  let within: string | null = null;
  let value: string | null = null;
  for (const line of linesOf(text)) {
    within = sectionOf(line) ?? within;
    const [, name, said] = /^([\w-]+)\s*=>?\s*(.*)$/.exec(line) ?? [];
    if (within === section && name?.toLowerCase() === key) value = said ?? null;
  }
  return value;
}

/** Whether a file is included: as the last thing of all (`end`), ahead of sections (`middle`), or not at all (null). */
export function includes(text: string, file: string): "end" | "middle" | null {
  const lines = linesOf(text);
  const at = lines.findLastIndex(
    (line) => /^#(?:try)?include\s+["<]?([^">]+)[">]?$/.exec(line)?.[1] === file,
  );
  if (at < 0) return null;
  return lines.slice(at + 1).some((line) => sectionOf(line) !== null) ? "middle" : "end";
}

/** FreePBX and others say so at the head. */
export function isGenerated(text: string): boolean {
  return /do not edit (?:this|the) file|auto-?generated/i.test(text.slice(0, 2_000));
}

/** Without comments, blocks of them too, and white space around. */
function linesOf(text: string): string[] {
  return text
    .replace(/;--(?!-)[\s\S]*?--;/g, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\);.*$/, "").trim())
    .filter((line) => line !== "");
}

function sectionOf(line: string): string | null {
  return /^\[([^\]]+)\]/.exec(line)?.[1] ?? null;
}
