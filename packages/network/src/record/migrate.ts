import { AtollError } from "@atoll/core/errors";
import { migrations, type Statement } from "./migrations.ts";
import type { Sql } from "./types.ts";
import { numberOf } from "./values.ts";

/** By the database's own clock. */
const NOW_MS: Readonly<Record<Sql["dialect"], string>> = {
  postgresql: "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)",
  sqlite: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
};

/** Brings the tables to the newest version, each version in one transaction. RECORD_NEWER where they are beyond it. */
export async function migrate(
  sql: Sql,
  known: readonly (readonly Statement[])[] = migrations,
): Promise<void> {
  await sql.transaction(({ query }) =>
    query(
      "CREATE TABLE IF NOT EXISTS atoll_migrations (version BIGINT PRIMARY KEY, applied_at_ms BIGINT NOT NULL)",
    ),
  );
  const [row] = await sql.query(
    "SELECT coalesce(max(version), 0) AS version FROM atoll_migrations",
  );
  const version = numberOf(row!, "version");
  if (version > known.length)
    throw new AtollError(
      "RECORD_NEWER",
      `the record has version ${version}, and this Atoll knows versions up to ${known.length}; take the Atoll that wrote it, or a newer one`,
    );
  for (let next = version + 1; next <= known.length; next++)
    await sql.transaction(async ({ query }) => {
      // Done already where a connection was lost after the commit.
      const done = await query("SELECT 1 AS found FROM atoll_migrations WHERE version = $1", [
        next,
      ]);
      if (done.length > 0) return;
      for (const statement of known[next - 1]!)
        for (const text of typeof statement === "string" ? [statement] : statement[sql.dialect])
          await query(text);
      await query(
        `INSERT INTO atoll_migrations (version, applied_at_ms) VALUES ($1, ${NOW_MS[sql.dialect]})`,
        [next],
      );
    });
}
