import type { DuckDBConnection } from "@duckdb/node-api";
import { AtollError } from "@atoll/core/errors";
import { literal, rowsOf } from "./database.ts";

/** Part of a statement, as `json_serialize_sql` gives it. */
interface Syntax {
  readonly [key: string]: unknown;
}

/** A query that gives the same rows in the same order each time it runs over the same files. */
export interface SteadyQuery {
  readonly sql: string;
  /** Whether DuckDB must run it on one thread: what it computes depends on the order of work. */
  readonly oneThread: boolean;
}

/**
 * Parses a user's query, refuses what is no single SELECT or gives other values each time, and puts its rows
 * in a fixed order:
 *
 * - one table, filtered and projected: DuckDB keeps the order of the file, nothing is added;
 * - ORDER BY at the top: the other columns are appended to it, which breaks ties;
 * - anything else: sorted by all columns.
 *
 * Sums of floating-point numbers, list(), LIMIT inside and window functions depend on the order in which
 * threads meet rows, which no sort afterwards mends; such a query runs on one thread.
 */
export async function steadyQuery(
  connection: DuckDBConnection,
  query: string,
  who: string,
): Promise<SteadyQuery> {
  const text = query.trim().replace(/;\s*$/, "");
  const node = await parsed(connection, text, who);
  const parts = [...walk(node)];
  const called = parts
    .filter((part) => part["class"] === "FUNCTION" || part["class"] === "WINDOW")
    .map((part) => String(part["function_name"]).toLowerCase());
  const unsteady = await namesOf(connection, "bool_and(stability <> 'CONSISTENT')");
  const guilty = called.find((name) => unsteady.has(name));
  if (guilty !== undefined)
    throw new AtollError(
      "DATA_QUERY",
      `${who}: query calls ${guilty}(), whose value changes from run to run; derive the column from the rows, such as hash(user) % 10`,
    );
  const sampled = parts.find((part) => "sample_size" in part && Number(part["seed"] ?? -1) < 0);
  if (sampled)
    throw new AtollError(
      "DATA_QUERY",
      `${who}: query draws a sample anew each run; write USING SAMPLE ... REPEATABLE (1), or filter by hash(user) % 10 = 0`,
    );
  const aggregates = await namesOf(connection, "bool_or(function_type = 'aggregate')");
  const oneThread = parts.some(
    (part) =>
      part["class"] === "WINDOW" ||
      (part["class"] === "FUNCTION" &&
        aggregates.has(String(part["function_name"]).toLowerCase())) ||
      part["type"] === "LIMIT_MODIFIER" ||
      part["type"] === "LIMIT_PERCENT_MODIFIER" ||
      part["type"] === "DISTINCT_MODIFIER" ||
      "sample_size" in part,
  );
  if (!oneThread && isPlain(node)) return { sql: text, oneThread };
  const modifiers = (node["modifiers"] ?? []) as readonly Syntax[];
  const order = modifiers.find((modifier) => modifier["type"] === "ORDER_MODIFIER");
  if (order === undefined) return { sql: `SELECT * FROM (${text}) ORDER BY ALL`, oneThread };
  return { sql: await withTiesBroken(connection, text, node, order), oneThread };
}

async function parsed(connection: DuckDBConnection, text: string, who: string): Promise<Syntax> {
  const [row] = await rowsOf(connection, `SELECT json_serialize_sql(${literal(text)})`);
  const tree = JSON.parse(String(row![0])) as Syntax;
  if (tree["error"] === true)
    throw new AtollError(
      "DATA_QUERY",
      `${who}: query is no SELECT that DuckDB understands: ${String(tree["error_message"])}; mend its SQL`,
    );
  const statements = tree["statements"] as readonly { readonly node: Syntax }[];
  if (statements.length !== 1)
    throw new AtollError(
      "DATA_QUERY",
      `${who}: query holds ${statements.length} statements; give one SELECT, with WITH for its steps`,
    );
  return statements[0]!.node;
}

function* walk(part: unknown): Generator<Syntax> {
  if (Array.isArray(part)) for (const entry of part) yield* walk(entry);
  else if (typeof part === "object" && part !== null) {
    yield part as Syntax;
    for (const entry of Object.values(part)) yield* walk(entry);
  }
}

/** One table, no grouping, no modifier: DuckDB documents that such rows keep the order of the file. */
function isPlain(node: Syntax): boolean {
  const from = node["from_table"] as Syntax | undefined;
  return (
    node["type"] === "SELECT_NODE" &&
    from?.["type"] === "BASE_TABLE" &&
    (node["modifiers"] as readonly unknown[]).length === 0 &&
    (node["group_expressions"] as readonly unknown[]).length === 0 &&
    ((node["cte_map"] as Syntax)["map"] as readonly unknown[]).length === 0 &&
    ![...walk(node)].some((part) => part["class"] === "SUBQUERY")
  );
}

async function withTiesBroken(
  connection: DuckDBConnection,
  text: string,
  node: Syntax,
  order: Syntax,
): Promise<string> {
  const columns = await rowsOf(connection, `DESCRIBE ${text}`);
  const orders = order["orders"] as Syntax[];
  // ORDER BY ALL leaves no ties between rows that differ.
  if (orders.some(({ expression }) => (expression as Syntax)["class"] === "STAR"))
    return `SELECT * FROM (${text})`;
  columns.forEach((_, i) =>
    orders.push({
      type: "ORDER_DEFAULT",
      null_order: "ORDER_DEFAULT",
      expression: {
        class: "CONSTANT",
        type: "VALUE_CONSTANT",
        alias: "",
        query_location: 0,
        value: { type: { id: "INTEGER", type_info: null }, is_null: false, value: i + 1 },
      },
    }),
  );
  const statement = { error: false, statements: [{ node, named_param_map: [] }] };
  // Where a part stands in the text may be 2^64 - 1, which is no double; nothing needs it.
  const tree = JSON.stringify(statement, (key, value: unknown) =>
    key === "query_location" ? 0 : value,
  );
  const [row] = await rowsOf(connection, `SELECT json_deserialize_sql(${literal(tree)}::JSON)`);
  return String(row![0]);
}

async function namesOf(connection: DuckDBConnection, having: string): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(
    connection,
    `SELECT lower(function_name) AS name FROM duckdb_functions() GROUP BY name HAVING ${having}`,
  );
  return new Set(rows.map(([name]) => String(name)));
}
