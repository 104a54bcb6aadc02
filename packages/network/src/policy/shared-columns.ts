import { declaredFeatures } from "@atoll/core/data";
import { columnsOfClient } from "@atoll/node/experiment";
import { stagesOf, type PlannedMethod } from "@atoll/node/runs";
import type { ReviewedJob } from "./types.ts";

/** Columns of one client's files that features are made of. */
export interface FeatureColumns {
  readonly client: string;
  readonly columns: readonly string[];
  /** The column that the job calls the users'. */
  readonly user: string | undefined;
  /** How the job itself says what the columns are called, so that a name says nothing; undefined where it does not. */
  readonly renamedBy: string | undefined;
}

/** Features whose distinct values a method sends, in clear. Hashed ones have no list of values. */
export function sharedFeatures({ entry, settings }: PlannedMethod): readonly string[] {
  const { federation, features } = settings;
  if (!stagesOf(entry, settings).some(({ name }) => name === "vocabulary")) return [];
  return federation.shared.filter(
    (name) => features.categorical.find((feature) => feature.name === name)?.numRows === 0,
  );
}

/** Features that a method's promise says nothing of, as if all knew them. */
export function publicFeatures({ settings: { privacy } }: PlannedMethod): readonly string[] {
  return privacy.kind === "none" ? [] : privacy.assumePublic;
}

/** What these features are made of in the files of the silo's own clients; nothing of a made-up world. */
export function columnsOfFeatures(
  { experiment: { data }, clients }: ReviewedJob,
  names: ReadonlySet<string>,
): readonly FeatureColumns[] {
  if (data.kind !== "files" || names.size === 0) return [];
  return clients.flatMap((client) => {
    const source = data.clients[client];
    if (source === undefined) return [];
    const roles = columnsOfClient(data.columns, source.columns);
    const { categorical, numeric } = declaredFeatures(roles);
    const declared = new Map(
      [...categorical, ...numeric].map(({ name, from }) => [
        name,
        from.kind === "cross" ? from.columns : [from.column],
      ]),
    );
    // What is declared nowhere is taken for a column of its name, so that it is judged as well.
    const columns = [...names].flatMap((name) => declared.get(name) ?? [name]);
    return [
      {
        client,
        columns: [...new Set(columns)],
        user: roles.user,
        renamedBy: renamedBy(source),
      },
    ];
  });
}

/** The setting of a job that could give any column of a silo's files any name. */
export function renamedBy({
  query,
  columnNames,
}: {
  readonly query?: string | undefined;
  readonly columnNames?: readonly string[] | undefined;
}): string | undefined {
  if (query !== undefined) return `SQL may read any column: ${query}`;
  return columnNames && `columnNames may call any column anything: ${columnNames.join(", ")}`;
}
