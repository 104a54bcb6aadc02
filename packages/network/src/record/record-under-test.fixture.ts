import { afterEach, beforeEach, expect } from "vitest";
import { verifyAudit } from "./audit.ts";
import { openRecord } from "./open-record.ts";
import type { NewRun, RunRecord, Sql } from "./types.ts";

/** A database of its own for one test, which can be opened again. */
export interface RecordPlace {
  readonly open: () => Promise<Sql>;
  /** Statements of whoever has all rights, past everything that the record guards. */
  readonly tamper: (statements: readonly string[]) => Promise<void>;
}

/** The record of the test that runs. */
export interface RecordUnderTest {
  readonly place: RecordPlace;
  readonly record: RunRecord;
  readonly open: () => Promise<void>;
  /** Does it twice, the second time after the database was opened anew: the log and the answer stay as they were. */
  readonly twice: <T>(work: () => Promise<T>) => Promise<T>;
  /** Of the log's entries. */
  readonly kinds: () => Promise<readonly string[]>;
  /** Names of what was committed. */
  readonly transitions: readonly string[];
}

export const claim = (name: string) => ({ sha256: name.padEnd(64, "0"), sizeBytes: name.length });
export const cell = { run: "r1", seed: 7, method: "fedavg" };
export const taskKey = (client: string, seq: number) => ({ cell, client, seq });
export const request = (client: string, seq: number, name = `b${seq}`) => ({
  ...taskKey(client, seq),
  stage: "train",
  round: seq,
  request: claim(name),
});

export function newRun(id = "r1"): NewRun {
  return {
    id,
    name: "first",
    experiment: '{"a":1}',
    rounds: "{}",
    methods: ["local", "fedavg"],
    seeds: [7, 8],
    jobs: new Map([
      ["de", claim("a1")],
      ["fr", claim("a2")],
    ]),
  };
}

/** A new record for every test, whose log is whole in the end. */
export function recordUnderTest(newPlace: () => Promise<RecordPlace>): RecordUnderTest {
  let place: RecordPlace;
  let record: RunRecord;
  const transitions: string[] = [];
  const open = async () => {
    const onTransition = (name: string) => transitions.push(name);
    record = await openRecord(await place.open(), { onTransition });
  };
  beforeEach(async () => {
    place = await newPlace();
    await open();
    transitions.length = 0;
  });
  afterEach(async () => {
    expect(await verifyAudit(record)).toBeUndefined();
    await record.close();
  });
  return {
    get place() {
      return place;
    },
    get record() {
      return record;
    },
    open,
    twice: async (work) => {
      const first = await work();
      const log = await record.audit(1, 1000);
      await record.close();
      await open();
      expect(await work()).toEqual(first);
      expect(await record.audit(1, 1000)).toEqual(log);
      return first;
    },
    kinds: async () => (await record.audit(1, 1000)).map(({ kind }) => kind),
    transitions,
  };
}
