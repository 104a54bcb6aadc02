import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { says, slow } from "./chat-replies.fixture.ts";
import { startChatServer } from "./chat-server.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-killed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ROUNDS = 4;
const PROCESSES = 3;
const CONCURRENCY = 4;
/** Of one process. */
const QUESTIONS = 150;
const ALL = PROCESSES * QUESTIONS;

test("processes that are killed lose the calls in flight at most; in the end every question has its answer", async () => {
  const path = join(folder, "answers.sqlite");
  /** Called with the process whose request arrived. */
  let arrived: (process: number) => void = () => {};
  const server = await startChatServer(({ body }) => {
    const question = Number(body.messages[0]!.content.split(" ")[1]);
    arrived(Math.floor(question / QUESTIONS));
    // Every fifth question is answered in vain at first.
    return slow(3, says(question % 5 === 0 && body.seed === 1 ? "no" : "yes"));
  });
  const ask = (first: number, count: number) =>
    spawn(
      process.execPath,
      [
        join(import.meta.dirname, "asking-process.fixture.ts"),
        server.baseUrl,
        path,
        String(first),
        String(count),
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
        // Compiled once: by the tests that share a place for it, else by the first process that ends by itself.
        env: { NODE_COMPILE_CACHE: join(folder, "compiled"), ...process.env },
      },
    );
  const start = () => Array.from({ length: PROCESSES }, (_, i) => ask(i * QUESTIONS, QUESTIONS));
  await once(ask(0, 0), "close");
  for (let round = 0; round < ROUNDS; round++) {
    const children = start();
    const ends = children.map((child) => once(child, "close"));
    // Each after some request of its own, and some milliseconds.
    const left = children.map((_, process) => 1 + ((round * 7 + process * 11) % 25));
    arrived = (process) => {
      if (--left[process]! === 0)
        setTimeout(() => children[process]!.kill("SIGKILL"), (round + process) % 5);
    };
    expect(await Promise.all(ends)).toEqual(children.map(() => [null, "SIGKILL"]));
  }
  arrived = () => {};
  const tallies = await Promise.all(start().map((child) => text(child.stdout)));
  expect(tallies.map((tally) => JSON.parse(tally) as unknown)).toEqual(
    tallies.map(() => ({ answered: QUESTIONS, dropped: {}, missing: 0 })),
  );

  const calls = server.received.map(({ body }) => `${body.messages[0]!.content} ${body.seed}`);
  const distinct = new Set(calls).size;
  expect(distinct).toBe(ALL + ALL / 5);
  expect(calls.length - distinct).toBeLessThanOrEqual(ROUNDS * PROCESSES * CONCURRENCY);
  const database = new DatabaseSync(path, { readOnly: true });
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  const answered = database.prepare("SELECT count(*) AS n FROM answers WHERE kind = 'answered'");
  expect(answered.get()).toEqual({ n: ALL });
  database.close();
  await server.close();
});
