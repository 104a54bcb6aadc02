import { setTimeout as after } from "node:timers/promises";

export interface Finding {
  readonly ok: boolean;
  /** What was looked at and how it is, as one sentence. */
  readonly finding: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** Looks at one thing. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<Finding>;
}

export interface CheckOutcome extends Finding {
  readonly name: string;
}

/** Runs all checks beside each other. None throws, and none takes longer than the limit. */
export async function runChecks(
  checks: readonly Check[],
  options: { readonly limitMs: number },
): Promise<readonly CheckOutcome[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => {
      const limit = new AbortController();
      const tooLong = async (): Promise<Finding> => {
        await after(options.limitMs, undefined, { signal: limit.signal });
        return { ok: false, finding: `no finding within ${options.limitMs / 1000} s` };
      };
      try {
        return { name, ...(await Promise.race([run(), tooLong()])) };
      } catch (error) {
        return { name, ok: false, finding: messageOf(error) };
      } finally {
        limit.abort();
      }
    }),
  );
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection that was tried at several addresses fails with one error for each.
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map(messageOf).join("; ");
  const { code } = error as { readonly code?: unknown };
  const isTold = typeof code !== "string" || error.message.includes(code);
  return isTold ? error.message : `${error.message} (${code})`;
}
