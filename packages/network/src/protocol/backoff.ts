/** Pauses between tries: chosen evenly between nothing and a bound that doubles. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

export const BACKOFF: Backoff = { baseMs: 200, capMs: 30_000 };

/** The pause after `failures` tries in a row have failed; `random` is uniform on [0, 1). */
export function pauseMs(
  failures: number,
  { baseMs, capMs, random }: Backoff & { readonly random: () => number },
): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 40));
}
