import { writeSync } from "node:fs";
import { openRecord } from "./open-record.ts";
import { openSqlite } from "./sql-sqlite.ts";

/*
 * Carries a run's rounds on from wherever the record stands, and says each transition once it is committed. Somebody
 * kills it. Arguments: the record's file.
 */
const say = (line: string) => writeSync(1, `${line}\n`);
const claim = (name: string) => ({ sha256: name, sizeBytes: 1 });
const cell = { run: "r1", seed: 1, method: "fedavg" };

const record = await openRecord(await openSqlite(process.argv[2]!));
say("open");
const jobs = new Map([["de", claim("job")]]);
const run = {
  id: "r1",
  name: "r",
  experiment: "{}",
  rounds: "{}",
  methods: ["fedavg"],
  seeds: [1],
};
await record.createRun({ ...run, jobs }, 1);
let { rounds } = (await record.cells("r1"))[0]!.checkpoint ?? { rounds: 0 };
for (;;) {
  const seq = rounds + 1;
  const key = { cell, client: "de", seq };
  await record.openTasks([{ ...key, stage: "train", round: seq, request: claim(`b${seq}`) }], seq);
  say(`opened ${seq}`);
  await record.answerTask(key, claim(`c${seq}`), seq);
  say(`answered ${seq}`);
  await record.checkpoint(
    cell,
    { state: claim(`d${seq}`), rounds: seq, seqs: { de: seq } },
    { lines: [{ cell, line: `${seq}` }], nowMs: seq },
  );
  say(`kept ${seq}`);
  rounds = seq;
}
