import { type Check, runChecks } from "../check.ts";

/** By check: `ok`, or its finding and advice. */
export async function found(checks: readonly Check[]): Promise<Record<string, string>> {
  const outcomes = await runChecks(checks, { limitMs: 10_000 });
  return Object.fromEntries(
    outcomes.map(({ name, ok, finding, advice }) => [
      name,
      ok ? `ok: ${finding}` : `${finding} -> ${advice}`,
    ]),
  );
}
