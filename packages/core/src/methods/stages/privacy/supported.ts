import type { MethodSettings } from "../../types.ts";
import type { Exchange } from "../exchange.ts";
import type { LocalRule } from "../local-rule.ts";
import type { Sharing } from "../train.ts";

/**
 * Refuses a training stage that would send, or decide by, what its promise does not cover: whoever made the
 * method says that it knows a kind of privacy which it does not.
 */
export function checkSupported(
  { privacy: { kind }, training }: MethodSettings,
  sharing: Sharing,
  { exchange, local }: { readonly exchange: Exchange; readonly local: LocalRule },
): void {
  if (kind === "none") return;
  const alone = sharing.kind === "alone";
  const problems = [
    alone && kind !== "dp-sgd" && "nothing leaves a client that trains alone",
    training.select !== "last" && "a round is chosen by validation rows",
    exchange.statistics.length > 0 && "running statistics travel",
    exchange.joins.size > 0 && "rows are joined by how often they are used",
    kind === "dp-sgd" && local.settings === undefined && "its passes have settings of their own",
    local.up !== undefined && "further arrays go up",
    !alone && sharing.server.kind !== "one-for-all" && "each client has a state of its own",
    !alone && sharing.evidence === true && "answers say how many labels there are",
    !alone && sharing.personal !== undefined && "a second model is trained",
    !alone && sharing.finalPasses !== undefined && "passes are made after the last round",
  ].filter((problem) => problem !== false);
  if (problems.length > 0)
    throw new RangeError(`privacy ${kind} does not cover this training: ${problems.join("; ")}`);
}
