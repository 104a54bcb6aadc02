import { readFileSync, writeFileSync } from "node:fs";

/** What a process has used. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Most memory that was resident since `resetPeak`. */
  readonly peakMiB: number;
  readonly residentMiB: number;
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const status = readFileSync("/proc/self/status", "utf8");
  const mib = (name: string) =>
    Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)?.[1]) / 1024;
  return {
    cpuSeconds: (user + system) / 1e6,
    peakMiB: mib("VmHWM"),
    residentMiB: mib("VmRSS"),
  };
}

/** What is in use, after a collection; undefined where Node.js was started without --expose-gc. */
export function liveMiB(): number | undefined {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) return undefined;
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

/** The kernel forgets how much this process once had. */
export function resetPeak(): void {
  writeFileSync("/proc/self/clear_refs", "5");
}
