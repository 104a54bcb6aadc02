import {
  clientsOfWorld,
  columnsOfWorld,
  commonOfWorld,
  feedbackOfWorld,
  type ColumnsConfig,
} from "@atoll/core/data";
import type { Experiment } from "./schema.ts";
import type { Path } from "./zod-issues.ts";

/** What the columns mean where a client does not say otherwise. */
export function rolesOf({ data }: Pick<Experiment, "data">): ColumnsConfig {
  return data.kind === "files" ? data.columns : columnsOfWorld(data);
}

/** Whether rows carry labels or are positives. */
export function feedbackOf({ data }: Pick<Experiment, "data">): "explicit" | "implicit" {
  return data.kind === "files" ? data.feedback : feedbackOfWorld(data);
}

/** Features whose values mean the same in every client. */
export function commonOf({ data }: Pick<Experiment, "data">): readonly string[] {
  return data.kind === "files" ? data.common : commonOfWorld(data);
}

export type FilesData = Extract<Experiment["data"], { kind: "files" }>;

/**
 * The roles of one client's columns: those that it gives itself, and otherwise what data.columns says. Of
 * labels it may give some anew, or say null of one that it does not know; the list of them stays the same.
 */
export function columnsOfClient(
  usual: ColumnsConfig,
  own: FilesData["clients"][string]["columns"],
): ColumnsConfig {
  const labels = own?.labels && usual.labels ? { ...usual.labels, ...own.labels } : undefined;
  return { ...usual, ...own, ...(labels && { labels }) };
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
  if (data.kind !== "files")
    return clientsOfWorld(data).map((client) => ({
      client,
      path: ["data"],
      own: false,
      columns: columnsOfWorld(data),
    }));
  return Object.entries(data.clients).map(([client, { columns }]) => ({
    client,
    path: columns === undefined ? ["data", "columns"] : ["data", "clients", client, "columns"],
    own: columns !== undefined,
    columns: columnsOfClient(data.columns, columns),
  }));
}
