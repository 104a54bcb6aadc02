import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { postgresPrograms, startPostgres, type PostgresServer } from "./postgres.fixture.ts";
import { recordLaws } from "./record.laws.ts";
import { openPostgres } from "./sql-postgres.ts";
import { openSqlite } from "./sql-sqlite.ts";

describe("SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "atoll-record-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let numPlaces = 0;

  recordLaws(async () => {
    const file = join(folder, `${numPlaces++}`, "record.sqlite");
    return {
      open: () => openSqlite(file),
      tamper: async (statements) => {
        const database = new DatabaseSync(file);
        const rows = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
        const triggers = rows.all() as { name: string; sql: string }[];
        for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
        for (const statement of statements) database.exec(statement);
        for (const { sql } of triggers) database.exec(sql);
        database.close();
      },
    };
  });
});

const isAbsent = postgresPrograms() === undefined;

describe.skipIf(isAbsent)(
  isAbsent ? "PostgreSQL (skipped: /usr/lib/postgresql is not there)" : "PostgreSQL",
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = (await startPostgres())!;
    });
    afterAll(() => server?.stop());

    recordLaws(async () => {
      const url = server.newDatabase();
      return {
        open: () => openPostgres(url),
        tamper: async (statements) => {
          const client = new Client({ connectionString: url });
          await client.connect();
          await client.query("SET session_replication_role = replica");
          for (const statement of statements) await client.query(statement);
          await client.end();
        },
      };
    });
  },
);
