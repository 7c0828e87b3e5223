export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
}

/** Even in [0, 1). */
export type Random = () => number;

/** Runs `job` once, `ms` from now; calling what it returns prevents it. */
export type After = (ms: number, job: () => void) => () => void;

/** The few lines of a logger that guards use: a fixed message, facts as fields, no secrets. */
export interface Log {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Ends what a `start` began. May be called once. */
export type Stop = () => Promise<void>;
