import type { Writable } from "node:stream";
import { ReaderGone } from "./exit.js";
import { visible, visibleJson } from "./visible.js";

export type Style = "plain" | "bold" | "red" | "green";

const CODES: Readonly<Record<Exclude<Style, "plain">, string>> = { bold: "1", red: "31", green: "32" };

/** A column's title, and whether its cells are numbers, which stand to the right. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Prints for people and for programs. All text passes through here, so that whatever an attacker wrote into an account name or a
 *  number reaches no terminal as a command to it. */
export class Printer {
  private fault: Error | null = null;

  constructor(
    private readonly out: Writable,
    private readonly colours: boolean,
  ) {
    out.on("error", (fault: Error) => (this.fault = fault));
  }

  line(text = "", style: Style = "plain"): void {
    const shown = visible(text);
    this.write(`${this.colours && style !== "plain" ? `\x1b[${CODES[style]}m${shown}\x1b[0m` : shown}\n`);
  }

  /** Nothing is printed for no rows: say so in words instead. Without titles it goes on with a table begun before. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    if (rows.length === 0) return;
    const cells = rows.map((row) => row.map(visible));
    const widths = columns.map((column, index) =>
      Math.max(column.title.length, ...cells.map((row) => row[index]?.length ?? 0)),
    );
    const lineOf = (row: readonly string[]): string =>
      columns
        .map(({ right }, index) => {
          const [cell, width] = [row[index] ?? "", widths[index] ?? 0];
          return right === true ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd();
    if (columns.some(({ title }) => title !== "")) {
      this.line(lineOf(columns.map(({ title }) => title)), "bold");
    }
    for (const row of cells) this.line(lineOf(row));
  }

  /** Text of our own, of many lines. */
  help(text: string): void {
    this.write(text);
  }

  /** One line. */
  json(value: unknown): void {
    this.write(`${visibleJson(JSON.stringify(value))}\n`);
  }

  /** One document `{"key":[…]}` in one line, a part at a time. */
  jsonArray(
    key: string,
    part: readonly unknown[],
    { first, last }: { readonly first: boolean; readonly last: boolean },
  ): void {
    const rows = part.map((each) => visibleJson(JSON.stringify(each)));
    const head = first ? `{${JSON.stringify(key)}:[` : rows.length > 0 ? "," : "";
    this.write(`${head}${rows.join(",")}${last ? "]}\n" : ""}`);
  }

  /** Waits where the reader is slower than the writer; throws ReaderGone where it has left. */
  async caughtUp(): Promise<void> {
    if (this.out.writableNeedDrain && this.fault === null) {
      await new Promise<void>((resolve) => {
        const events = ["drain", "error", "close"];
        const go = (): void => {
          for (const event of events) this.out.off(event, go);
          resolve();
        };
        for (const event of events) this.out.once(event, go);
      });
    }
    this.check();
  }

  /** Resolves when all is handed over. */
  async finished(): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => this.out.write("", () => resolve()));
    this.check();
  }

  private write(text: string): void {
    this.check();
    this.out.write(text);
  }

  private check(): void {
    if (this.fault === null) return;
    if ("code" in this.fault && this.fault.code === "EPIPE")
      throw new ReaderGone("nobody reads", { cause: this.fault });
    throw this.fault;
  }
}
