import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line {
  readonly name: string;
  /** A variable of the theme, such as `--rf-chart-1`. */
  readonly color: string;
  readonly values: readonly number[];
  readonly fill?: boolean;
  readonly dash?: number[];
}

interface LineChartProps {
  /** What it shows, for screen readers. */
  readonly label: string;
  /** Unix milliseconds, ascending. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly height?: number;
}

/** Values over time. Give a table beside it: a canvas says nothing to a screen reader. */
export function LineChart({ label, at, lines, height = 240 }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const place = box.current;
    if (place === null) return undefined;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: color("--mantine-color-dimmed"),
      grid: { stroke: color("--rf-line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    const chart = new uPlot(
      {
        width: place.clientWidth,
        height,
        ms: 1,
        cursor: { points: { size: 7 }, drag: { x: false, y: false } },
        scales: { y: { range: (_chart, _min, max) => [0, Math.max(4, max * 1.1)] } },
        axes: [
          { ...axis, values: (_chart, splits) => hours(splits) },
          { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6] },
        ],
        series: [
          { label: "" },
          ...lines.map(({ name, color: variable, fill, dash }) => ({
            label: name,
            stroke: color(variable),
            width: 2,
            points: { show: false },
            ...(fill === true ? { fill: `${color(variable)}22` } : {}),
            ...(dash === undefined ? {} : { dash }),
          })),
        ],
        legend: { live: false },
      },
      [[...at], ...lines.map(({ values }) => [...values])],
      place,
    );
    const resized = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height }));
    resized.observe(place);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [at, lines, height, scheme]);
  return <div ref={box} role="img" aria-label={label} className="rf-chart" />;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** The day under the first mark and where it changes, hours elsewhere; days alone where the marks are days. */
function hours(splits: readonly number[]): string[] {
  const [first = 0, second = first] = splits;
  const daily = second - first >= 86_400_000;
  return splits.map((at, index) => {
    const [day, before] = [DAY.format(at), DAY.format(splits[index - 1] ?? 0)];
    return daily ? day : day === before ? HOUR.format(at) : `${HOUR.format(at)}\n${day}`;
  });
}
