import { ascending } from "./order.ts";
import { placements } from "./placements.ts";
import { ratioOfSums } from "./ratio.ts";
import type { Measured, MetricDefinition, Scored } from "./types.ts";

type Weighting = "samples" | "positives" | "users";

/** Rows of each user in CSR form, ascending by score within a user. */
function rowsByUser({ examples, scores, numUsers }: Scored) {
  const { user, numRows } = examples;
  const offsets = new Int32Array(numUsers + 1);
  for (let row = 0; row < numRows; row++) offsets[user[row]! + 1]! += 1;
  for (let u = 0; u < numUsers; u++) offsets[u + 1]! += offsets[u]!;
  const rows = new Uint32Array(numRows);
  const next = offsets.slice(0, numUsers);
  const order = ascending(scores);
  for (let i = 0; i < numRows; i++) rows[next[user[order[i]!]!]!++] = order[i]!;
  return { offsets, rows };
}

/**
 * The mean of each user's AUC over users with both labels, weighted by rows, by positives or equally.
 * A user's influence is w_u (AUC_u - GAUC) / sum w; users with one label take no part.
 */
function measureGauc(scored: Scored, weighting: Weighting): Measured {
  const { examples, scores, numUsers } = scored;
  const { offsets, rows } = rowsByUser(scored);
  const weighted = new Float64Array(numUsers);
  const weights = new Float64Array(numUsers);
  const present = new Uint8Array(numUsers);
  const placement = new Float64Array(examples.numRows);
  for (let u = 0; u < numUsers; u++) {
    const own = rows.subarray(offsets[u], offsets[u + 1]);
    if (own.length < 2) continue;
    const { positives, negatives, auc } = placements(own, scores, examples.label, placement);
    if (positives === 0 || negatives === 0) continue;
    present[u] = 1;
    weights[u] = weighting === "samples" ? own.length : weighting === "positives" ? positives : 1;
    weighted[u] = weights[u]! * auc;
  }
  if (!present.includes(1)) return { kind: "undefined", reason: "no user has rows of both labels" };
  return ratioOfSums(weighted, weights, present);
}

function gaucBy(weighting: Weighting, label: string, summary: string): MetricDefinition {
  return {
    label,
    summary,
    higherIsBetter: true,
    needs: "labels",
    probabilities: false,
    cutoff: false,
    measure: (scored) => measureGauc(scored, weighting),
  };
}

export const gauc = gaucBy(
  "samples",
  "GAUC",
  "Mean AUC within users that have both labels, weighted by their rows (as FuxiCTR computes gAUC).",
);

export const gaucByPositives = gaucBy(
  "positives",
  "GAUC (by positives)",
  "Mean AUC within users that have both labels, weighted by their positives (as RecBole computes GAUC).",
);

export const avgAuc = gaucBy(
  "users",
  "avgAUC",
  "Plain mean of the AUC within users that have both labels (as MIND reports it).",
);
