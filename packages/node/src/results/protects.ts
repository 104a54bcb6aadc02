import type { PrivacyConfig } from "@atoll/core/privacy";

/** Against whom a kind of privacy protects, as one sentence. */
export function protects({ kind }: PrivacyConfig): string {
  switch (kind) {
    case "none":
      return "Holds against whoever sees the listed releases and nothing else of the training.";
    case "dp-sgd":
      return "Holds against whoever sees the trained model and every message of its training, the server and other clients included; only the client itself works with its rows as they are.";
    case "central":
      return "Holds against whoever sees what the server publishes, the other clients included; not against the server, which receives every update as it is.";
    case "local":
      return "Holds against whoever sees the client's messages, the server included: the noise is added before anything leaves.";
    case "distributed":
      return "Holds against whoever sees sums over clients and no single message: it needs secure aggregation between clients and server.";
  }
}
