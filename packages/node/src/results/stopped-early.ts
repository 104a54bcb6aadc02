import type { Retired } from "@atoll/core/methods";

/** Clients that a sentence names. */
const MOST_NAMES = 5;

/** Who stopped before the training was over because a budget was spent, over seeds, as sentences. */
export function stoppedEarly(seeds: readonly (Retired | undefined)[]): string[] {
  const first = new Map<string, number>();
  for (const { clients } of seeds.flatMap((seed) => seed ?? []))
    for (const [client, round] of Object.entries(clients))
      first.set(client, Math.min(round, first.get(client) ?? Infinity));
  const named = [...first.keys()].sort().map((client) => `${client} (round ${first.get(client)})`);
  const more = named.length - MOST_NAMES;
  const server = seeds.flatMap((seed) => seed?.stopped?.round ?? []);
  return [
    ...(server.length === 0
      ? []
      : [
          `Training stopped early: the server could not pay for round ${Math.min(...server)}, counted from 0, and published nothing from there on.`,
        ]),
    ...(named.length === 0
      ? []
      : [
          `Budgets stopped clients early: ${named.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""} could not pay for that round, counted from 0, and sent nothing from there on.`,
        ]),
  ];
}
