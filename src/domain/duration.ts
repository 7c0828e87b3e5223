const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** `90s`, `15m`, `2h`, `7d`, `4w`: milliseconds; null where `text` is none of these. */
export function parseDuration(text: string): number | null {
  const match = /^([1-9][0-9]{0,8})(s|m|h|d|w)$/.exec(text.trim());
  return match === null ? null : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** In the largest unit that tells it exactly, weeks left out: `15m`, `36h`, `7d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  for (const unit of ["d", "h", "m"] as const) {
    const size = UNIT_MS[unit] / 1000;
    if (seconds > 0 && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
