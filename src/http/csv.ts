/** One line of CSV (RFC 4180) that a spreadsheet shows as text wherever somebody else wrote it: a cell that it would take for a
 *  formula begins with an apostrophe, numbers in E.164 with their `+` among them. Whoever reads the file takes one apostrophe off.
 *  Control characters are written as `\x0a`, so that a row stays one line. */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: string | number | null): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const line = cell.replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  const safe = FORMULA.test(cell) ? `'${line}` : line;
  return /[",;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Full-width signs count as well, and spaces ahead of a sign do not hide it (OWASP, CSV Injection). An apostrophe of somebody
 *  else's is told from ours by ours ahead of it. */
const FORMULA = /^\s*[=+\-@＝＋－＠|']|^[\t\r\n]/u;
