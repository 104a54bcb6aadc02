import { cpSync, renameSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import { experimentSchema, type Experiment } from "@atoll/node/experiment";
import { privateExperiment } from "../../packages/network/src/hosting/experiments.fixture.ts";
import type { RunNumbers } from "../../packages/network/src/hosting/numbers.fixture.ts";
import {
  processesOf,
  type Processes,
  type Spawned,
} from "../../packages/network/src/hosting/processes.fixture.ts";
import { today, type KillPass } from "./proofs.ts";

const CLIENTS = ["a", "b"];
/** A life ends after so many transitions at most, or seconds. */
const MOST_TRANSITIONS = { server: 14, silo: 9 };
const MOST_SECONDS = 6;
/** After so many a run comes to its end in peace, and the next one begins. */
const KILLS_A_PASS = 30;

/** Noise of the named kind first, whose secrets exist when the run is copied; then a method without. */
function experimentOf(kind: string): Experiment {
  const { privacy, ...rest } = privateExperiment(kind);
  const methods = [{ kind: "fedavg", name: kind, privacy }, "fedavg"];
  const federation = { rounds: 8, shared: ["segment"] };
  return experimentSchema.parse({ ...rest, privacy: { kind: "none" }, methods, federation });
}

/** Uniform on [0, 1): a linear congruential generator will do for instants. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Killing {
  readonly random: () => number;
  /** Whether there is time for another kill. */
  readonly isDue: () => boolean;
  readonly killedAfter: Map<string, number>;
  numKills: number;
  numRandom: number;
}

/** Starts a process again and again, each time with a death of its own, until the run is over. */
async function dying(
  who: "server" | "silo",
  start: (killAt?: number) => Spawned,
  { killing, isOver }: { readonly killing: Killing; readonly isOver: () => boolean },
): Promise<void> {
  const { random, isDue, killedAfter } = killing;
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
      killing.numRandom += 1;
    }
    while (!isOver() && (await Promise.race([live.ended, pause(200, "alive")])) === "alive");
    if (isOver()) break;
    const how = await live.ended;
    if (how !== "SIGKILL") throw new Error(`the ${who} ended by itself: ${how}`);
    killing.numKills += 1;
    const name = `${who}: ${live.said.at(-1) ?? "starting"}`;
    killedAfter.set(name, (killedAfter.get(name) ?? 0) + 1);
  }
}

async function untilKilled(processes: Processes, run: string, killing: Killing): Promise<void> {
  let over = false;
  const isOver = () => over;
  const work = [
    dying("server", processes.startServer, { killing, isOver }),
    ...CLIENTS.map((name) =>
      dying("silo", (killAt) => processes.startClient(name, killAt), { killing, isOver }),
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

export interface KillOptions {
  /** No further kill after so many, or after so long. */
  readonly kills: number;
  readonly minutes: number;
  readonly seed: number;
  /** Whose noise; default: one after the other. */
  readonly noise?: string | undefined;
  readonly say: (line: string) => void;
}

/**
 * Kills a server and its silos with SIGKILL, again and again, and compares what their run comes to with the same run
 * when nobody is killed: every message, metric, outcome, epsilon and global model, bit for bit.
 */
export async function proveKills(options: KillOptions): Promise<readonly KillPass[]> {
  const until = performance.now() + options.minutes * 60_000;
  const random = uniform(options.seed);
  const passes: KillPass[] = [];
  let kills = 0;
  const isDue = () => kills < options.kills && performance.now() < until;
  while (isDue()) {
    const noise = options.noise ?? ["local", "central"][passes.length % 2]!;
    const most = Math.min(KILLS_A_PASS, options.kills - kills);
    const killing: Killing = {
      random,
      isDue: () => killing.numKills < most && performance.now() < until,
      killedAfter: new Map(),
      numKills: 0,
      numRandom: 0,
    };
    const pass = await onePass(noise, killing);
    // Time was up before anybody was killed.
    if (pass.kills > 0 || pass.problems.length > 0) passes.push(pass);
    kills += killing.numKills;
    options.say(
      `${noise}: ${pass.kills} kills; ${pass.messages} messages, metrics, outcomes, epsilons and the audit chain: ${pass.problems.length === 0 ? "the same" : `DIFFERENT (${pass.problems.join(", ")})`}`,
    );
  }
  return passes;
}

async function onePass(noise: string, killing: Killing): Promise<KillPass> {
  const processes = await processesOf(CLIENTS);
  try {
    for (const client of CLIENTS) processes.startClient(client);
    const run = await processes.submit(experimentOf(noise));
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

    await untilKilled(processes, run, killing);
    const found = await processes.numbers(run);
    return {
      noise,
      date: today(),
      kills: killing.numKills,
      atRandom: killing.numRandom,
      after: Object.fromEntries([...killing.killedAfter].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      messages: expected.cells.reduce((sum, { messages }) => sum + messages.length, 0),
      problems: [
        ...(expected.state === "done" && expected.isAuditSound
          ? []
          : [`in peace: ${expected.state}: ${expected.reason}`]),
        ...differences(expected, found),
      ],
    };
  } finally {
    await processes.close();
  }
}
