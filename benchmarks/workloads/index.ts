import type { Workload } from "../workload.ts";
import { mlps } from "./mlp.ts";
import { mmoe } from "./mmoe.ts";
import { inferences, tableWorkloads } from "./tables.ts";
import { tinyClients } from "./tiny-clients.ts";
import { transformer } from "./transformer.ts";

/** Everything that `npm run bench` times, in the order of its table. */
export const workloads: readonly Workload[] = [
  ...mlps,
  ...tableWorkloads,
  mmoe,
  transformer,
  tinyClients,
  ...inferences,
];
