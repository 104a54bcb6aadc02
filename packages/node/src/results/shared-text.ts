import type { FederationConfig } from "@atoll/core/federation";

/** How rows of shared tables become one, in words. */
const JOINED = {
  mean: "a client counts by its training rows",
  "count-weighted":
    "row by row, a client counts by how many of its training rows hold the value, which it says",
};

/** What travels between clients and server in methods that federate, in one sentence. */
export function sharedText({
  shared,
  federatedEmbeddings: rule,
}: Pick<FederationConfig, "shared" | "federatedEmbeddings">): string {
  if (shared.length === 0) return "dense parameters; all embedding tables stay with their client";
  if (rule === "off")
    return "dense parameters; all embedding tables stay with their client, those of shared features too (federation.federatedEmbeddings: off)";
  return `dense parameters and the embedding rows of ${shared.join(", ")} (${JOINED[rule]}), whose vocabulary is the union of the values that reach the least count in some client's training rows; all other embedding tables stay with their client; the same travels in every method that federates`;
}
