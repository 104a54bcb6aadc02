import { cpSync, renameSync, rmSync } from "node:fs";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import { experimentSchema, type Experiment } from "@atoll/node/experiment";
import { privateExperiment } from "../../packages/network/src/hosting/experiments.fixture.ts";
import type { RunNumbers } from "../../packages/network/src/hosting/numbers.fixture.ts";
import {
  processesOf,
  type Processes,
  type Spawned,
} from "../../packages/network/src/hosting/processes.fixture.ts";

/*
 * Kills a server and its silos with SIGKILL, again and again, and compares what their run comes to with the same run
 * when nobody is killed: every message, metric, outcome and epsilon, bit for bit.
 *   node benchmarks/network/kill.ts [--kills 200] [--minutes 15] [--seed 1] [--noise local|central]
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    minutes: { type: "string", default: "15" },
    seed: { type: "string", default: "1" },
    noise: { type: "string" },
  },
});
const most = Number(values.kills);
const until = performance.now() + Number(values.minutes) * 60_000;
const CLIENTS = ["a", "b"];
/** A life ends after so many transitions at most, or seconds. */
const MOST_TRANSITIONS = { server: 14, silo: 9 };
const MOST_SECONDS = 6;

/** Noise of the named kind first, whose secrets exist when the run is copied; then a method without. */
function experimentOf(kind: string): Experiment {
  const { privacy, ...rest } = privateExperiment(kind);
  const methods = [{ kind: "fedavg", name: kind, privacy }, "fedavg"];
  const federation = { rounds: 8, shared: ["segment"] };
  return experimentSchema.parse({ ...rest, privacy: { kind: "none" }, methods, federation });
}

let state = Number(values.seed);
/** Uniform on [0, 1): a linear congruential generator will do for instants. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const killedAfter = new Map<string, number>();
let numKills = 0;
let numRandom = 0;

/** Starts a process again and again, each time with a death of its own, until the run is over. */
async function dying(
  who: "server" | "silo",
  start: (killAt?: number) => Spawned,
  isOver: () => boolean,
): Promise<void> {
  let turn = 0;
  while (!isOver()) {
    // Time is up: the run comes to its end in peace.
    const isSpared = !isDue();
    const isAtTransition = random() < 0.6;
    const live = start(
      isAtTransition && !isSpared ? 1 + (turn++ % MOST_TRANSITIONS[who]) : undefined,
    );
    if (!isAtTransition && !isSpared) {
      const limit = new AbortController();
      await Promise.race([
        live.ended,
        pause(1000 * MOST_SECONDS * random(), undefined, { signal: limit.signal }),
      ]);
      limit.abort();
      if (isOver()) break;
      await live.kill9();
      numRandom += 1;
    }
    while (!isOver() && (await Promise.race([live.ended, pause(200, "alive")])) === "alive");
    if (isOver()) break;
    const how = await live.ended;
    if (how !== "SIGKILL") throw new Error(`the ${who} ended by itself: ${how}`);
    numKills += 1;
    const name = `${who}: ${live.said.at(-1) ?? "starting"}`;
    killedAfter.set(name, (killedAfter.get(name) ?? 0) + 1);
  }
}

async function untilKilled(processes: Processes, run: string): Promise<void> {
  let over = false;
  const isOver = () => over;
  const work = [
    dying("server", processes.startServer, isOver),
    ...CLIENTS.map((name) =>
      dying("silo", (killAt) => processes.startClient(name, killAt), isOver),
    ),
  ];
  await Promise.race([processes.waitForRun(run, "forgotten", 1_200_000), Promise.all(work)]);
  over = true;
  await Promise.all(work);
}

function differences(expected: RunNumbers, found: RunNumbers): readonly string[] {
  const ofCells = expected.cells.flatMap((cell, i) =>
    Object.entries(cell).flatMap(([name, value]) =>
      isDeepStrictEqual(value, found.cells[i]?.[name as keyof typeof cell])
        ? []
        : [`${cell.method}: ${name}`],
    ),
  );
  const others = (["state", "accounts", "isAuditSound"] as const).filter(
    (name) => !isDeepStrictEqual(expected[name], found[name]),
  );
  return [...ofCells, ...others];
}

let isAllSame = true;
const isDue = () => numKills < most && performance.now() < until;
for (let pass = 0; isDue(); pass++) {
  const kind = values.noise ?? ["local", "central"][pass % 2]!;
  const before = numKills;
  const processes = await processesOf(CLIENTS);
  try {
    for (const client of CLIENTS) processes.startClient(client);
    const run = await processes.submit(experimentOf(kind));
    // Two rounds of vocabularies, one of training: everybody who adds noise has a secret.
    const numCheckpoints = () =>
      processes.server().said.filter((line) => line === "checkpoint").length;
    while (numCheckpoints() < 3) await pause(20);
    await processes.stopAll();
    const copy = `${processes.root}-copy`;
    cpSync(processes.root, copy, { recursive: true });

    processes.startServer();
    for (const client of CLIENTS) processes.startClient(client);
    await processes.waitForRun(run);
    const expected = await processes.numbers(run);
    rmSync(processes.root, { recursive: true });
    renameSync(copy, processes.root);

    await untilKilled(processes, run);
    const found = await processes.numbers(run);
    const problems = differences(expected, found);
    if (expected.state !== "done" || !expected.isAuditSound || problems.length > 0)
      isAllSame = false;
    const numMessages = expected.cells.reduce((sum, { messages }) => sum + messages.length, 0);
    process.stdout.write(
      `${kind}: ${numKills - before} kills; ${numMessages} messages, metrics, outcomes, epsilons and the audit chain: ${problems.length === 0 ? "the same" : `DIFFERENT (${problems.join(", ")}; ${found.state}: ${found.reason})`}\n`,
    );
  } finally {
    await processes.close();
  }
}
process.stdout.write(
  `${numKills} kills, ${numRandom} of them at random instants; what the killed had done last:\n`,
);
for (const [name, count] of [...killedAfter].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  process.stdout.write(`  ${name}: ${count}\n`);
process.exitCode = isAllSame ? 0 : 1;
