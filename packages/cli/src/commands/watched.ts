import type { RunEvent, RunOptions } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { announceLeaving } from "../terminal/announce-leaving.ts";
import { howOf, progressFor, type Ways } from "../terminal/progress-for.ts";
import { text } from "../text.ts";

/** What trainings are told, whatever they are for. */
export interface Watch<Event> {
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onEvent: (event: Event) => void;
  readonly threads?: number;
  readonly openPool?: NonNullable<RunOptions["openPool"]>;
}

/** Trains while progress is shown; the first interrupt asks the work to save and stop. */
export async function watched<Event, Outcome>(
  context: AtollContext,
  flags: { readonly quiet?: boolean; readonly json: boolean; readonly threads?: number },
  {
    runEventOf,
    work,
    ...ways
  }: Ways<Event> & {
    readonly runEventOf: (event: Event) => RunEvent | undefined;
    readonly work: (watch: Watch<Event>) => Promise<Outcome>;
  },
): Promise<Outcome> {
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => {
    context.process.stderr.write(`\n${text.stopping}\n`);
    abort.abort();
  });
  const progress = announceLeaving(
    context,
    progressFor<Event>(context, howOf(flags), ways),
    runEventOf,
  );
  try {
    return await work({
      signal: abort.signal,
      now: context.now,
      onEvent: progress.show,
      ...(flags.threads !== undefined && { threads: flags.threads }),
      ...(context.openPool && { openPool: context.openPool }),
    });
  } finally {
    progress.close();
    stopListening();
  }
}
