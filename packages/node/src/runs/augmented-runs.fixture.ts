import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { experimentSchema, type Experiment } from "../experiment/index.ts";
import { modelAnswer } from "../language-models/chat-model.fixture.ts";
import { says } from "../language-models/chat-replies.fixture.ts";
import {
  startChatServer,
  type ChatServer,
  type Received,
  type Reply,
} from "../language-models/chat-server.fixture.ts";
import type { Result } from "../results/index.ts";
import { workerPool, type WorkerPool } from "../workers/index.ts";
import type { RunEvent, RunOutcome } from "./events.ts";
import { resumeRun, runExperiment } from "./run.ts";

/** One small method over twelve people of two domains whose items have titles. */
export const fedcctr = {
  kind: "fedcctr",
  encoders: "merged",
  cdrd: { weight: 0 },
  width: 8,
  heads: 1,
  length: 8,
  sampling: 1,
  validateEvery: 2,
  loss: { negatives: 4 },
  chunk: 12,
} as const;

export function experiment(
  augmentation: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>> = {},
): Experiment {
  return experimentSchema.parse({
    data: {
      kind: "cross-domain",
      users: 12,
      domains: { food: { items: 30 }, kitchen: { items: 30 } },
      events: { min: 6, max: 8 },
      topics: 4,
      titles: { words: 3 },
    },
    split: { kind: "leave-one-out" },
    negatives: { evaluation: { count: 8 } },
    methods: [fedcctr],
    augmentation,
    federation: { rounds: 2 },
    evaluation: { metrics: ["ndcg@5"], bootstrap: 100 },
    seeds: [1],
    ...own,
  });
}

export interface Ran {
  readonly outcome: RunOutcome;
  readonly directory: string;
  readonly events: readonly RunEvent[];
}

export interface Runs {
  /** Where the experiments lie. */
  readonly folder: string;
  readonly run: (given: Experiment, options?: RunSettings) => Promise<Ran>;
  readonly resume: (directory: string) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

interface RunSettings {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Runs in a folder of their own, which share a worker thread. */
export async function openRuns(): Promise<Runs> {
  const folder = await mkdtemp(join(tmpdir(), "atoll-augmented-"));
  let pool: WorkerPool | undefined;
  const openPool: typeof workerPool = (_, engine) => {
    pool ??= workerPool(1, engine);
    return { ...pool, close: pool.clear };
  };
  const started = async (
    begin: (options: Parameters<typeof resumeRun>[1]) => Promise<RunOutcome>,
    { signal = new AbortController().signal, onEvent = () => {} }: RunSettings = {},
  ) => {
    const events: RunEvent[] = [];
    const outcome = await begin({
      threads: 1,
      signal,
      now: () => new Date(),
      onEvent: (event) => {
        events.push(event);
        onEvent(event);
      },
      openPool,
    });
    return { outcome, events, directory: outcome.directory };
  };
  let runs = 0;
  return {
    folder,
    run: (given, settings) => {
      const directory = join(folder, `run-${runs++}`);
      return started(
        (options) => runExperiment(given, { ...options, experimentDirectory: folder, directory }),
        settings,
      );
    },
    resume: (directory) => started((options) => resumeRun(directory, options)),
    close: async () => {
      await pool?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** All numbers of a result but times. */
export async function numbersOf(directory: string): Promise<string> {
  const text = await readFile(join(directory, "result.json"), "utf8");
  const { methods, clients, metric } = JSON.parse(text) as Result;
  for (const method of Object.values(methods)) method.seconds = 0;
  return JSON.stringify({ methods, clients, metric });
}

/** Settings of a language model's server that answers as the script says, with a store of their own. */
export interface ScriptedModel {
  readonly asking: (
    own?: Readonly<Record<string, unknown>>,
    script?: (received: Received) => Reply | Promise<Reply>,
  ) => Promise<Readonly<Record<string, unknown>> & { readonly cache: string }>;
  /** What the latest of them received. */
  readonly received: () => readonly Received[];
  readonly mostAtOnce: () => number;
  readonly close: () => Promise<void>;
}

export const answers = (received: Received): Reply => says(modelAnswer(received));

export function scriptedModel(): ScriptedModel {
  let server: ChatServer | undefined;
  let stores = 0;
  const close = async () => {
    await server?.close();
    server = undefined;
  };
  return {
    asking: async (own = {}, script = answers) => {
      await close();
      server = await startChatServer(script);
      const { baseUrl } = server;
      const cache = `answers-${stores++}.sqlite`;
      return { kind: "openai-compatible", baseUrl, model: "m", cache, ...own };
    },
    received: () => server?.received ?? [],
    mostAtOnce: () => server?.mostAtOnce() ?? 0,
    close,
  };
}

export function ofKind<Kind extends RunEvent["kind"]>(events: readonly RunEvent[], kind: Kind) {
  return events.filter((event) => event.kind === kind) as Extract<RunEvent, { kind: Kind }>[];
}
