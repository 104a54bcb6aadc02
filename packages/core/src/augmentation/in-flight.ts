export interface InFlightOptions {
  /** Pieces of work at a time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each piece, with how many are done. */
  readonly onDone?: ((done: number) => void) | undefined;
}

/** Pieces from one pause to the next. */
const PAUSE_EVERY = 256;

/**
 * Does the work of 0 to count - 1, each begun in this order, so many at a time. After a failure or an abort
 * nothing is begun, and what is in flight is waited for; then it throws what came first. It pauses now and then,
 * so that whoever holds the signal can abort work that never waits.
 */
export async function inFlight(
  count: number,
  work: (index: number) => Promise<void>,
  { concurrency, signal, onDone }: InFlightOptions,
): Promise<void> {
  if (!(Number.isInteger(concurrency) && concurrency > 0))
    throw new RangeError(`concurrency ${concurrency} is no whole number of 1 or more`);
  let next = 0;
  let done = 0;
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (next < count && failures.length === 0) {
      const index = next++;
      try {
        if (index % PAUSE_EVERY === PAUSE_EVERY - 1) await pause();
        signal?.throwIfAborted();
        await work(index);
        onDone?.(++done);
      } catch (reason) {
        failures.push(reason);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
  if (failures.length > 0) throw failures[0];
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
