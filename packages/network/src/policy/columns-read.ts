import { declaredFeatures, wantedColumns, type ColumnsConfig } from "@atoll/core/data";
import { columnsOfClient, type Experiment } from "@atoll/node/experiment";
import { renamedBy } from "./shared-columns.ts";

/** A column of a silo's file that a job reads. */
export interface ColumnRead {
  readonly name: string;
  /** What it is used as, such as `user` or `label`. */
  readonly roles: readonly string[];
}

/** What a job reads of one client. */
export interface ClientReading {
  readonly client: string;
  /** Files, relative to the silo's data folder. */
  readonly files: readonly string[];
  /** SQL that the job brings; it may read every column of the files. */
  readonly query: string | undefined;
  /** How the job itself says what columns are called, whatever the files say; undefined where it does not. */
  readonly renamedBy: string | undefined;
  /** Of the files or, where there is SQL, of what the SQL makes of them. */
  readonly columns: readonly ColumnRead[];
}

/** What a job reads in this silo; nothing of a made-up world. */
export function readingOf(
  { data }: Experiment,
  clients: readonly string[],
): readonly ClientReading[] {
  if (data.kind !== "files") return [];
  return clients.flatMap((client) => {
    const source = data.clients[client];
    if (source === undefined) return [];
    const { path, query, tables = {} } = source;
    return [
      {
        client,
        files: [
          ...(path === undefined ? [] : [path]),
          ...Object.values(tables).map((table) => table.path),
        ],
        query,
        renamedBy: renamedBy(source),
        columns: columnsRead(columnsOfClient(data.columns, source.columns)),
      },
    ];
  });
}

/** Every column that roles and features need, with what for. */
export function columnsRead(columns: ColumnsConfig): readonly ColumnRead[] {
  const roles = new Map<string, Set<string>>();
  const add = (name: string | undefined, role: string) => {
    if (name === undefined) return;
    const all = roles.get(name) ?? new Set();
    roles.set(name, all.add(role));
  };
  for (const role of ["user", "item", "time", "weight", "text"] as const) add(columns[role], role);
  const { label, labels = {} } = columns;
  const columnOf = (entry: typeof label | null) =>
    typeof entry === "object" ? entry?.column : entry;
  add(columnOf(label), "label");
  for (const [task, entry] of Object.entries(labels)) add(columnOf(entry), `label of ${task}`);
  const declared = declaredFeatures(columns);
  for (const { name, from, list } of [...declared.categorical, ...declared.numeric]) {
    const read = from.kind === "cross" ? from.columns : [from.column];
    const role = FEATURES[list];
    for (const column of read)
      if (role !== undefined)
        add(
          column,
          name === column || from.kind === "entry" || from.kind === "code"
            ? role
            : `${role} ${name}`,
        );
  }
  // Whatever is read beyond what has a name here, is named all the same.
  for (const { name } of wantedColumns(columns)) if (!roles.has(name)) add(name, "feature");
  return [...roles].map(([name, all]) => ({ name, roles: [...all] }));
}

/** A feature, by the list of data.columns that declares it. */
const FEATURES: Readonly<Record<string, string>> = {
  categorical: "category",
  numeric: "number",
  bags: "bag of values",
  sequences: "sequence of values",
  crosses: "part of the cross",
  timestamps: "time for",
  codes: "code",
  vectors: "vector",
};
