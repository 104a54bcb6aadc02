import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "pg";
import { verifyAudit } from "./audit.ts";
import { openRecord } from "./open-record.ts";
import { postgresPrograms, startPostgres, type PostgresServer } from "./postgres.fixture.ts";
import { cell, claim, newRun, request } from "./record-under-test.fixture.ts";
import { openPostgres } from "./sql-postgres.ts";

const isAbsent = postgresPrograms() === undefined;

describe.skipIf(isAbsent)(
  isAbsent ? "PostgreSQL (skipped: /usr/lib/postgresql is not there)" : "PostgreSQL",
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = (await startPostgres())!;
    });
    afterAll(() => server?.stop());

    const restartAfter = async (earlier: Promise<void>, how: "fast" | "immediate") => {
      await earlier;
      await server.halt(how);
      await server.start();
    };

    test("a server that restarts, tidily or not, between and amid transitions: nothing is lost, nothing doubled", async () => {
      const record = await openRecord(await openPostgres(server.newDatabase()));
      await record.createRun(newRun(), 1);
      const ROUNDS = 40;
      let restarts = Promise.resolve();
      for (let seq = 1; seq <= ROUNDS; seq++) {
        // Beside the transitions, not between them: whichever is under way then.
        if (seq % 13 === 0) restarts = restartAfter(restarts, seq % 2 === 0 ? "fast" : "immediate");
        await record.openTasks([request("de", seq), request("fr", seq)], seq);
        const key = { cell, client: "de", seq };
        expect(await record.answerTask(key, claim(`c${seq}`), seq)).toBe("taken");
        await record.dropTasks([{ ...key, client: "fr" }], seq);
        await record.checkpoint(
          cell,
          { state: claim(`d${seq}`), rounds: seq, seqs: { de: seq, fr: seq } },
          { lines: [{ cell, line: `${seq}` }], nowMs: seq },
        );
        await record.note("noted", { seq }, seq);
      }
      await restarts;
      expect((await record.lines("r1")).map(({ line }) => Number(line))).toEqual(
        Array.from({ length: ROUNDS }, (_, i) => i + 1),
      );
      const ofRound = ["round", "answered", "dropped", "checkpoint", "noted"];
      expect((await record.audit(1, 1000)).map(({ kind }) => kind)).toEqual([
        "run-created",
        ...Array.from({ length: ROUNDS }, () => ofRound).flat(),
      ]);
      expect(await verifyAudit(record)).toBeUndefined();
      await record.close();
    });

    test("a transaction whose commit was not heard of is done again, and leaves what once leaves", async () => {
      const url = server.newDatabase();
      const sql = await openPostgres(url);
      const record = await openRecord(sql);
      await record.createRun(newRun(), 1);
      await record.openTasks([request("de", 1)], 2);
      let numCommits = 0;
      const deaf = await openRecord({
        ...sql,
        // Commits, then does as if the connection had been lost before the word of it came.
        transaction: async (work) => {
          await sql.transaction(work);
          numCommits += 1;
          return sql.transaction(work);
        },
      });
      const before = numCommits;
      expect(await deaf.answerTask({ cell, client: "de", seq: 1 }, claim("c1"), 3)).toBe("taken");
      await deaf.note("noted", {}, 4);
      expect(numCommits).toBe(before + 2);
      expect((await record.audit(1, 10)).map(({ kind }) => kind)).toEqual([
        "run-created",
        "round",
        "answered",
        "noted",
      ]);
      await record.close();
    });

    test("one server works with a database; when its connection is cut it takes the lock again", async () => {
      const url = server.newDatabase();
      const sql = await openPostgres(url);
      await expect(openPostgres(url, { patienceMs: 0 })).rejects.toMatchObject({
        code: "RECORD_LOCKED",
        message: expect.stringContaining(`"atoll ${process.pid}" at 127.0.0.1`),
      });
      const other = await openPostgres(server.newDatabase());
      const administrator = new Client({ connectionString: server.url });
      await administrator.connect();
      await administrator.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'atoll%'",
      );
      await administrator.end();
      expect(await sql.query("SELECT $1::bigint AS n", [2 ** 40])).toEqual([{ n: 2 ** 40 }]);
      expect(await other.query("SELECT count(*) AS n FROM pg_class WHERE false")).toEqual([
        { n: 0 },
      ]);
      await expect(openPostgres(url, { patienceMs: 0 })).rejects.toMatchObject({
        code: "RECORD_LOCKED",
      });
      await sql.close();
      await other.close();
      await (await openPostgres(url)).close();
      await expect(sql.query("SELECT 1")).rejects.toThrow("the record is closed");
    });

    test("patience ends: the address is named, its password is not", async () => {
      const url = server.newDatabase().replace("atoll@", "atoll:hunter2@");
      const sql = await openPostgres(url, { patienceMs: 100 });
      await server.halt("fast");
      const failed = await sql.query("SELECT 1").catch((error: Error) => error);
      expect(failed).toMatchObject({
        code: "RECORD_UNREACHABLE",
        message: expect.stringMatching(/PostgreSQL at 127.0.0.1:\d+\/atoll\d+ cannot be reached/),
      });
      expect(JSON.stringify(failed) + String(failed)).not.toContain("hunter2");
      const controller = new AbortController();
      const waiting = openPostgres(url, { signal: controller.signal });
      controller.abort(new Error("stopped"));
      await expect(waiting).rejects.toThrow();
      await server.start();
      expect(await sql.query("SELECT 1 AS a")).toEqual([{ a: 1 }]);
      await sql.close();
    });

    test("what PostgreSQL refuses is said with the way out", async () => {
      await expect(openPostgres(`${server.url}-absent`)).rejects.toMatchObject({
        code: "RECORD_UNUSABLE",
        message: expect.stringContaining("create the database first"),
      });
    });
  },
);
