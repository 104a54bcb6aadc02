import { worriesOf, worryNames, type Worry } from "@atoll/core/data";
import type { Result } from "@atoll/node/results";

/** One line on what is worrying about the test rows; undefined where nothing is. */
export function leakageLine({ clients }: Result): string | undefined {
  const names = Object.keys(clients);
  const having = new Map<Worry["kind"], string[]>();
  for (const name of names) {
    const { leakage } = clients[name]!;
    if (leakage === undefined) continue;
    for (const { kind } of worriesOf(leakage))
      having.set(kind, [...(having.get(kind) ?? []), name]);
  }
  if (having.size === 0) return undefined;
  const parts = [...having].map(
    ([kind, of]) =>
      `${worryNames[kind]} (${of.length === names.length ? (names.length === 1 ? of[0]! : "all clients") : of.join(", ")})`,
  );
  return `Worrying: ${parts.join("; ")}. The report says more.`;
}
