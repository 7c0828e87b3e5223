import { isMet, type Benchmark, type Figure } from "./benchmark.js";
import { describeMachine, type Machine } from "./machine.js";

export interface Result {
  readonly name: string;
  readonly figures: readonly Figure[];
}

export function headingOf(machine: Machine): string {
  return `${describeMachine(machine)}\n`;
}

/** A table for people: a line a figure. */
export function textOf({ name, summary }: Benchmark, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { spread, unit, what, note } = figure;
    const range = spread.count === 1 ? "" : `${number(spread.min)} … ${number(spread.max)}`;
    const p99 = spread.count >= 40 ? `p99 ${number(spread.p99)}` : "";
    const more = [p99, range, spread.count === 1 ? "" : `${spread.count} runs`].filter((part) => part !== "");
    const [median, tail] = [`${number(spread.median)} ${unit}`, more.join(", ")];
    return [what, median, tail, goalOf(figure), note ?? ""];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return [`${name}: ${summary}`, ...lines.map((line) => `  ${line.trimEnd()}`), ""].join("\n");
}

/** The same for programs, with every goal and whether it is met. */
export function jsonOf(machine: Machine, results: readonly Result[]): string {
  const benchmarks = results.map(({ name, figures }) => ({
    name,
    figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
  }));
  return JSON.stringify({ machine, benchmarks }, null, 2);
}

function goalOf(figure: Figure): string {
  const { goal, unit } = figure;
  if (goal === null) return "";
  const of = goal.of === "median" ? "" : `${goal.of} `;
  return `${isMet(figure) === true ? "met" : "MISSED"}: ${of}at ${goal.at} ${number(goal.value)} ${unit}`;
}

function number(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
