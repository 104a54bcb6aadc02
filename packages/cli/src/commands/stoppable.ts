import { shutdownOn, type SignalSource } from "@atoll/network/operations";
import type { AtollContext } from "../context.ts";

/** What is said of an end; texts of a terminal, events of a log. */
export type Ending = "stopping" | "stopped" | "late";

/** What a process that stops in order may take for it. */
const LIMIT_MS = 30_000;

/**
 * Works until the process is asked to end, then lets the work end in order; asked again, the process ends at once.
 * Ends with 0, as being asked is how such work ends.
 */
export async function untilStopped(
  context: AtollContext,
  work: (signal: AbortSignal) => Promise<void>,
  { say }: { readonly say: (ending: Ending) => void },
): Promise<void> {
  const stop = new AbortController();
  const working = work(stop.signal);
  const shutdown = shutdownOn({
    signals: signalsOf(context),
    steps: [
      {
        name: "work",
        limitMs: LIMIT_MS,
        run: async () => {
          stop.abort();
          // What it fails with, the command says.
          await working.catch(() => {});
        },
      },
    ],
    exit: (code) => {
      if (code !== 0) context.process.exit?.(code);
    },
    onEvent: (event) => {
      if (event.kind === "begin") say("stopping");
      if (event.kind === "done") say("stopped");
      if (event.kind === "late") say("late");
    },
  });
  try {
    await working;
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
  } finally {
    // The last words are said before the command ends.
    if (stop.signal.aborted) await shutdown.begin("stopped");
    shutdown.release();
  }
}

/** The context's interrupts, whatever signal they come from. */
function signalsOf(context: AtollContext): SignalSource {
  let release = () => {};
  return {
    on: (name, listener) => {
      if (name === "SIGTERM") return;
      release = context.onInterrupt(listener);
    },
    off: () => release(),
  };
}
