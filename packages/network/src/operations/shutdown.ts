import { setTimeout as after } from "node:timers/promises";

/** One part of an orderly end. */
export interface ShutdownStep {
  readonly name: string;
  /** After so long the next step begins all the same; the signal tells this one. */
  readonly limitMs: number;
  readonly run: (signal: AbortSignal) => void | Promise<void>;
}

export type ShutdownEvent =
  | { readonly kind: "begin"; readonly reason: string }
  | { readonly kind: "done" | "late"; readonly step: string }
  | { readonly kind: "failed"; readonly step: string; readonly error: unknown }
  | { readonly kind: "forced"; readonly reason: string };

export type SignalName = "SIGINT" | "SIGTERM";
const EXIT_CODES: Readonly<Record<SignalName, number>> = { SIGINT: 130, SIGTERM: 143 };

/** What a process is asked to end by. */
export interface SignalSource {
  readonly on: (name: SignalName, listener: () => void) => unknown;
  readonly off: (name: SignalName, listener: () => void) => unknown;
}

export interface Shutdown {
  /** Ends without a signal, as where the work itself failed. Again, it is the same end. */
  readonly begin: (reason: string) => Promise<void>;
  /** Signals are no longer listened to. */
  readonly release: () => void;
}

/**
 * Ends a process in order: at the first signal the steps run one after another, each for as long as it may; at the
 * second the process ends at once. Ends with 0, or with 1 where a step failed or was late.
 */
export function shutdownOn(options: {
  readonly signals: SignalSource;
  readonly steps: readonly ShutdownStep[];
  readonly exit: (code: number) => void;
  readonly onEvent?: (event: ShutdownEvent) => void;
  /** Rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}): Shutdown {
  const { signals, steps, exit, onEvent = () => {}, sleep = systemSleep } = options;
  let ending: Promise<void> | undefined;
  let isForced = false;

  const runStep = async (step: ShutdownStep): Promise<boolean> => {
    const over = new AbortController();
    const timer = new AbortController();
    const late = sleep(step.limitMs, timer.signal).then(
      () => "late" as const,
      // The step was in time; this outcome is not looked at.
      () => "done" as const,
    );
    try {
      const work = Promise.resolve(step.run(over.signal)).then(() => "done" as const);
      const kind = await Promise.race([work, late]);
      if (kind === "late") work.catch(() => {});
      if (!isForced) onEvent({ kind, step: step.name });
      return kind === "done";
    } catch (error) {
      if (!isForced) onEvent({ kind: "failed", step: step.name, error });
      return false;
    } finally {
      timer.abort();
      over.abort();
    }
  };

  const end = async (reason: string) => {
    onEvent({ kind: "begin", reason });
    let isClean = true;
    for (const step of steps) {
      if (isForced) return;
      isClean = (await runStep(step)) && isClean;
    }
    if (isForced) return;
    release();
    exit(isClean ? 0 : 1);
  };
  const begin = (reason: string) => (ending ??= end(reason));

  const listeners = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const listener = () => {
      if (ending === undefined) return void begin(name);
      if (isForced) return;
      isForced = true;
      release();
      onEvent({ kind: "forced", reason: name });
      exit(EXIT_CODES[name]);
    };
    signals.on(name, listener);
    return { name, listener };
  });
  const release = () => {
    for (const { name, listener } of listeners) signals.off(name, listener);
  };
  return { begin, release };
}

async function systemSleep(ms: number, signal: AbortSignal): Promise<void> {
  await after(ms, undefined, { signal });
}
