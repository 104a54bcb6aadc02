import type { FleetRow } from "./results.ts";
import { clientNames, startRig } from "./rig.ts";
import type { AuditResult, RunParams, RunResult } from "./server-process.ts";
import type { Deeds } from "./silo-process.ts";

export const FLEET = {
  clients: 200,
  cohort: 50,
  rounds: 100,
  processes: 4,
  /** Of requests that are not answered, refused, or answered with numbers that are none. */
  bad: 0.1,
  /** Of answers that are given twice. */
  twice: 0.05,
  rules: { deadlineSeconds: 2, minimum: 0.5, target: 0.9 },
};

const RUN: RunParams = {
  run: "fleet",
  size: { arrays: 4, numbers: 1000 },
  rounds: FLEET.rounds,
  cohort: FLEET.cohort,
  rules: FLEET.rules,
  optional: true,
  checkpointSeconds: 5,
  lookAfter: [10, 50, 100],
};

/** A federation of many silos of which a part fails in every round. Throws where the record and the server disagree. */
export async function measureFleet(): Promise<FleetRow> {
  const { clients, processes, bad, twice } = FLEET;
  const rig = await startRig({
    clients: clientNames(clients),
    processes,
    silo: { bad, twice },
    flags: ["--expose-gc"],
  });
  try {
    const beginMs = performance.now();
    const { rounds, liveMiB } = await rig.server.ask<RunResult>("run", RUN);
    const seconds = (performance.now() - beginMs) / 1000;
    const audit = await rig.server.ask<AuditResult>("audit", { run: RUN.run });
    const deeds = await Promise.all(rig.silos.map((silo) => silo.ask<Deeds>("deeds")));
    checkCounts(rounds, audit);
    const sum = (count: (of: Deeds) => number) => deeds.reduce((total, of) => total + count(of), 0);
    return {
      seconds,
      ms: rounds.map(({ ms }) => ms),
      counted: rounds.reduce((total, { counted }) => total + counted.length, 0),
      silent: sum((of) => of.silent),
      failed: sum((of) => of.failed),
      wrong: sum((of) => of.wrong),
      twice: sum((of) => of.twice),
      late: sum((of) => of.late),
      retries: sum((of) => Object.values(of.retries).reduce((total, count) => total + count, 0)),
      residentMiB: rounds.map(({ residentMiB }) => residentMiB),
      liveMiB,
    };
  } finally {
    await rig.close();
  }
}

/** Every round has ended; what counted in it is what the log says was answered, once each, and asked. */
function checkCounts(rounds: RunResult["rounds"], audit: AuditResult): void {
  const fail = (problem: string) => {
    throw new Error(`the fleet's record is wrong: ${problem}`);
  };
  if (!audit.isWhole) fail("the audit log's chain is broken");
  if (rounds.length !== FLEET.rounds || audit.rounds.length !== FLEET.rounds)
    fail(`${rounds.length} rounds ended, and ${audit.rounds.length} are in the log`);
  if (audit.openTasks > 0) fail(`${audit.openTasks} tasks are open although all rounds have ended`);
  const needed = Math.ceil(FLEET.rules.minimum * FLEET.cohort);
  for (const [i, { counted, asked }] of rounds.entries()) {
    const { asked: logged, answered, dropped } = audit.rounds[i]!;
    if (asked !== FLEET.cohort || counted.length < needed)
      fail(`round ${i} counted ${counted.length} of ${asked}`);
    if (new Set(answered).size !== answered.length) fail(`round ${i} has an answer twice`);
    if (answered.toSorted().join() !== counted.toSorted().join())
      fail(`round ${i} counted other answers than the log has`);
    if ([...answered, ...dropped].toSorted().join() !== logged.toSorted().join())
      fail(`of round ${i} somebody was neither counted nor dropped`);
  }
}
