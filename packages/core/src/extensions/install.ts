import { AtollErrors } from "../errors/index.ts";
import { methodTable } from "../methods/index.ts";
import { metricTable } from "../metrics/index.ts";
import { modelTable } from "../models/index.ts";
import type { OpenTable } from "../registry/index.ts";
import type { Extension } from "./extension.ts";

/**
 * Adds what an extension holds to the tables of this thread; again, it changes nothing. The only place that opens
 * them. `from` names its module in messages. EXTENSION_NAME_TAKEN for all names that are taken, and then none is added.
 */
export function install({ methods, models, metrics }: Extension, from: string): void {
  const additions = [
    ...additionsTo(methodTable, methods, from),
    ...additionsTo(modelTable, models, from),
    ...additionsTo(metricTable, metrics, from),
  ];
  const refusals = additions.flatMap(({ refusal }) => refusal() ?? []);
  if (refusals.length > 0) throw new AtollErrors(refusals);
  for (const { add } of additions) add();
}

function additionsTo<Definition>(
  table: OpenTable<Definition>,
  lines: Readonly<Record<string, Definition>>,
  from: string,
) {
  return Object.entries(lines).map(([name, definition]) => {
    const addition = { name, definition, from };
    return { refusal: () => table.refusal(addition), add: () => table.add(addition) };
  });
}
