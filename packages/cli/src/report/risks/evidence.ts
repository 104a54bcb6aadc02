import type { Facts } from "../facts.ts";
import { count, list } from "../format.ts";
import { methodLabel, metricLabel } from "../labels.ts";
import type { Check } from "./check.ts";

const NAMES = 4;
/** Fewer seeds hardly cover the chance of training. */
const ENOUGH_SEEDS = 3;
/** Clients with fewer test rows have wide intervals whatever is done. */
const FEW_ROWS = 200;

/** Whether there is enough evidence: seeds, test rows, clients without a clear answer. */
export function chance(facts: Facts, lead: string): Check {
  const { result } = facts;
  const { unclear, missing } = facts.tally(lead, result.metric);
  const compared = missing.length < facts.clients.length;
  const seeds = result.seeds.length;
  const few = facts.clients.filter((client) => result.clients[client]!.test < FEW_ROWS);
  const items = [
    ...(seeds < ENOUGH_SEEDS
      ? [
          `${seeds === 1 ? "one seed" : `${seeds} seeds`} only: the chance of training is hardly covered`,
        ]
      : []),
    ...(unclear.length > 0
      ? [
          `for ${list(unclear, NAMES)} no difference is clear: they may gain, lose or stay as they are`,
        ]
      : []),
    ...(few.length > 0
      ? [
          `${list(few, NAMES)} ${few.length === 1 ? "has" : "have"} fewer than ${count(FEW_ROWS)} test rows`,
        ]
      : []),
  ];
  return {
    kind: items.length > 0 ? "found" : "clear",
    risk: "Chance",
    text:
      items.length > 0
        ? "Some of these differences are not settled:"
        : `${seeds} seeds and enough test rows${compared ? ", and a clear difference for every client that was compared" : ""}.`,
    looked: "the number of seeds, test rows by client, and intervals of every client's difference",
    items,
  };
}

/** That the best of several was picked by the numbers that are shown. */
export function picked(facts: Facts, lead: string): Check {
  const { length } = facts.federated;
  return {
    kind: length > 1 ? "found" : "clear",
    risk: "A winner picked by its test result",
    text:
      length > 1
        ? `${methodLabel(lead)} is led with because of its test ${metricLabel(facts.result.metric)} among ${length} federated methods: expect slightly less of it on new data.`
        : "One federated method was run, so there was nothing to pick.",
    looked: "how many federated methods were compared on the same test rows",
  };
}
