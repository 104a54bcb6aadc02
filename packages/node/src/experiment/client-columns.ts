import { columnsOfWorld, commonOfWorld, type ColumnsConfig } from "@atoll/core/data";
import type { Experiment } from "./schema.ts";
import type { Path } from "./zod-issues.ts";

/** What the columns mean where a client does not say otherwise. */
export function rolesOf({ data }: Pick<Experiment, "data">): ColumnsConfig {
  return data.kind === "synthetic" ? columnsOfWorld(data) : data.columns;
}

/** Whether rows carry labels or are positives. */
export function feedbackOf({ data }: Pick<Experiment, "data">): "explicit" | "implicit" {
  return data.feedback ?? "explicit";
}

/** Features whose values mean the same in every client. */
export function commonOf({ data }: Pick<Experiment, "data">): readonly string[] {
  return data.kind === "synthetic" ? commonOfWorld(data) : data.common;
}

export interface ClientColumns {
  readonly client: string;
  /** Where the file says it. */
  readonly path: Path;
  /** Whether the client has roles of its own. */
  readonly own: boolean;
  readonly columns: ColumnsConfig;
}

/** The roles of every client's columns. */
export function columnsOfClients(experiment: Pick<Experiment, "data">): ClientColumns[] {
  const { data } = experiment;
  if (data.kind === "synthetic")
    return Object.keys(data.markets).map((client) => ({
      client,
      path: ["data"],
      own: false,
      columns: columnsOfWorld(data),
    }));
  return Object.entries(data.clients).map(([client, { columns }]) => ({
    client,
    path: columns === undefined ? ["data", "columns"] : ["data", "clients", client, "columns"],
    own: columns !== undefined,
    columns: { ...data.columns, ...columns },
  }));
}
