import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** What the figures were measured on: they mean little without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the last minute, before the first benchmark: near or over `cores`, others were at work and figures are low. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    cpu: `${cpus()[0]?.model ?? "unknown"} (${arch()})`,
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

export function describeMachine({ cpu, cores, memoryGb, kernel, node, load }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${kernel}, Node ${node}, load ${load}`;
}
