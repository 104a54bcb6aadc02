import { availableParallelism, cpus } from "node:os";

/** Milliseconds since the machine started, summed over its cores. */
export interface CpuTimes {
  readonly cores: number;
  readonly total: number;
  readonly busy: number;
  /** Of `busy`, what this process took. */
  readonly own: number;
  /** Cores that this process may run on. */
  readonly allowed: number;
}

const EVERY_MILLISECONDS = 500;

export interface FollowOptions {
  readonly read?: () => CpuTimes;
  readonly everyMilliseconds?: number;
}

/**
 * Keeps a model at as many threads as there are cores that nothing else takes: one at first, then measured again and
 * again. llama.cpp's threads wait for each other many times a token without giving up their cores, so that a thread
 * more than there are cores free makes answers many times slower, a small model's hundreds of times. Returns what ends
 * the measuring.
 */
export function followFreeCores(
  llama: { maxThreads: number },
  { read = cpuTimes, everyMilliseconds = EVERY_MILLISECONDS }: FollowOptions = {},
): () => void {
  llama.maxThreads = 1;
  let before = read();
  const timer = setInterval(() => {
    const after = read();
    llama.maxThreads = freeCores(before, after);
    before = after;
  }, everyMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whole cores that other processes left free between two measurements, at least one. */
export function freeCores(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total;
  const others = after.busy - before.busy - (after.own - before.own);
  const taken = total > 0 ? (others / total) * after.cores : 0;
  return Math.max(1, Math.min(after.allowed, Math.floor(after.cores - taken)));
}

export function cpuTimes(): CpuTimes {
  const cores = cpus().map(({ times }) => times);
  const sum = (values: readonly number[]) => values.reduce((so, value) => so + value, 0);
  const total = sum(cores.map((times) => sum(Object.values(times))));
  const { user, system } = process.cpuUsage();
  return {
    cores: cores.length,
    total,
    busy: total - sum(cores.map(({ idle }) => idle)),
    own: (user + system) / 1000,
    allowed: availableParallelism(),
  };
}
