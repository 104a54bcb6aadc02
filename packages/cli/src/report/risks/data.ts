import { worriesOf, type Leakage } from "@atoll/core/data";
import type { Facts } from "../facts.ts";
import { count, list } from "../format.ts";
import type { Check } from "./check.ts";

const NAMES = 4;

/** Whether test rows are known from training, by the leakage report. */
export function leakage({ result, clients }: Facts): Check {
  const known = clients.flatMap((client) => {
    const { leakage: own } = result.clients[client]!;
    return own === undefined ? [] : [{ client, own }];
  });
  const items = byKind(known);
  const risk = "A test that knows the training";
  const looked =
    "features that tell the label, repeated pairs and rows, training after the test, items never drawn as negatives, label rates, new users and items, client by client";
  if (known.length === 0)
    return { kind: "unknown", risk, looked, text: "This result has no leakage report." };
  return {
    kind: items.length > 0 ? "found" : "clear",
    risk,
    looked,
    text:
      items.length > 0
        ? `The split of ${count(known.length)} ${known.length === 1 ? "client" : "clients"} has ${items.length === 1 ? "one thing" : `${count(items.length)} things`} to know of:`
        : `The split of ${count(known.length)} ${known.length === 1 ? "client" : "clients"} shows nothing worrying.`,
    items,
  };
}

/** One line for each kind of worry, however many clients have it. */
function byKind(known: readonly { readonly client: string; readonly own: Leakage }[]): string[] {
  const found = new Map<string, { readonly client: string; readonly text: string }[]>();
  for (const { client, own } of known)
    for (const { kind, text } of worriesOf(own))
      found.set(kind, [...(found.get(kind) ?? []), { client, text }]);
  return [...found.values()].map((all) => {
    const { client, text } = all[0]!;
    if (all.length === 1) return `${client}: ${text}`;
    const who =
      all.length === known.length
        ? `all ${all.length} clients`
        : list(
            all.map((own) => own.client),
            NAMES,
          );
    return `${who}, such as ${client}: ${text}`;
  });
}

/** What is said of one person or row: promised, or left open. */
export function disclosure(facts: Facts, lead: string): Check {
  const { privacy } = facts.result.methods[lead]!;
  const risk = "Messages that give somebody away";
  const looked =
    "whether the method's releases have an account of differential privacy; atoll audit attacks the models themselves";
  if (privacy === undefined)
    return {
      kind: "unknown",
      risk,
      looked,
      text: "No account bounds what its messages tell about single rows. Run atoll audit, or ask for a promise with privacy in the experiment.",
    };
  return {
    kind: privacy.notCovered.length > 0 ? "found" : "clear",
    risk,
    looked,
    text:
      privacy.notCovered.length > 0
        ? "Releases are bounded (see the promise above), but not everything is covered:"
        : "Releases are bounded, and nothing is left out of the account.",
    items: privacy.notCovered,
  };
}
