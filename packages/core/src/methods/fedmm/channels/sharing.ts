import { strategies } from "../../../federation/index.ts";
import type { Sharing } from "../../stages/train.ts";
import { codeFeatures } from "./code-features.ts";
import { isOfCodeHead } from "./code-head.ts";
import type { FedMmConfig } from "../config.ts";

/**
 * What of the click model travels: dense parameters with the tables of federation.shared, embeddings of
 * global codes, the head's. Where nothing does, clients train alone, each as long as it gets better.
 */
export function fedmmSharing({ codebooks, channels }: FedMmConfig): Sharing {
  const global = new Set(
    codeFeatures(codebooks)
      .filter(({ kind }) => kind === "global")
      .map(({ name }) => name),
  );
  const { embeddings, head } = channels;
  const backbone = channels.codes && embeddings !== "local" ? embeddings : undefined;
  const ofHead = head === "federated" ? "usage" : undefined;
  const dense = channels.dense === "federated";
  const hasRows = global.size > 0 && (backbone ?? ofHead) !== undefined;
  if (!dense && !hasRows) return { kind: "alone" };
  return {
    kind: "federated",
    server: { kind: "one-for-all", strategy: strategies.fedavg() },
    normalisation: "federated",
    dense,
    rows: (embedding, feature) => {
      if (!global.has(feature)) return undefined;
      return isOfCodeHead(embedding) ? ofHead : backbone;
    },
  };
}
