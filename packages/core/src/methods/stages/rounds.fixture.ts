import { expect } from "vitest";
import {
  checkAnswer,
  createClient,
  decodeMessage,
  runStages,
  throughConnections,
  type ExchangeRound,
  type Message,
  type SavedState,
  type Stage,
  type StoredMessage,
} from "../../federation/index.ts";
import { emptyContext, scenariosOf } from "../two-markets.fixture.ts";
import { testServices, watchedLedger } from "./privacy/services.fixture.ts";

/** How a round goes on without a client: it never heard of it, or its answer came too late. */
type Missing = "unasked" | "late";
/** By training round and client. */
export type Plan = Readonly<Record<number, Readonly<Record<string, Missing>>>>;

export const CLIENTS = ["a", "b", "c", "d"];
const splits = scenariosOf(Object.fromEntries(CLIENTS.map((name, k) => [name, 60 + 20 * k])));

export interface Round {
  readonly stage: string;
  readonly round: number;
  readonly optional: boolean;
  readonly sent: ReadonlyMap<string, Message>;
  /** The answers that counted. */
  readonly taken: ReadonlyMap<string, Message>;
}

interface Options {
  /** Who misses which training round, where the round may do without. */
  readonly plan?: Plan;
  /** How an answer lies with the server; default: as bytes. */
  readonly kept?: (client: string, round: number, bytes: Uint8Array) => Uint8Array | StoredMessage;
}

/** Runs stages among four clients of unequal size, and tells what was said. */
export async function runRounds(
  stages: () => readonly Stage[],
  options: Options = {},
): Promise<Round[]> {
  return (await outcomeOf(stages, options)).rounds;
}

/** The same with what the stages left on the server. */
export async function outcomeOf(
  stages: () => readonly Stage[],
  { plan = {}, kept = (_client, _round, bytes) => bytes }: Options = {},
): Promise<{ readonly rounds: Round[]; readonly results: ReadonlyMap<string, SavedState> }> {
  const { ledger } = watchedLedger();
  const servicesOf = (party: string) => testServices(party, { ledger, secret: 1 });
  const clients = splits.map((split) => ({
    name: split.client,
    client: createClient(stages(), { ...emptyContext(split), privacy: servicesOf(split.client) }),
  }));
  const connections = clients.map(({ name, client }) => ({
    name,
    close: client.close,
    request: client.handle,
  }));
  const all = throughConnections(connections);
  const rounds: Round[] = [];
  const exchange: ExchangeRound = async ({ stage, round, optional, requests, check, take }) => {
    const missing = (optional && stage === "train" && plan[round]) || {};
    const asked = new Map([...requests].filter(([client]) => missing[client] !== "unasked"));
    const decoded = (bytes: Uint8Array) => decodeMessage(bytes.slice());
    const sent = new Map([...requests].map(([client, bytes]) => [client, decoded(bytes)]));
    const taken = new Map<string, Message>();
    await all.exchange({
      stage,
      round,
      optional,
      requests: asked,
      check,
      take: (client, reply) => {
        if (missing[client] === "late") return;
        const answer = decoded(reply as Uint8Array);
        checkAnswer(client, sent.get(client)!, answer);
        check(client, answer);
        taken.set(client, answer);
        take(client, kept(client, round, reply as Uint8Array));
      },
    });
    rounds.push({ stage, round, optional, sent, taken });
  };
  const outcome = await runStages({
    stages: stages(),
    clients: all.clients,
    exchange,
    seed: 1,
    privacy: servicesOf("server"),
    signal: new AbortController().signal,
    onEvent: () => {},
    checkpoint: async () => {},
  });
  for (const { close } of connections) await close();
  if (outcome.kind !== "done") throw new Error("stopped");
  const counted = (stage: string) =>
    rounds.filter((one) => one.stage === stage).reduce((sum, { taken }) => sum + taken.size, 0);
  for (const { stage, answers } of outcome.stages) expect(answers).toBe(counted(stage));
  return { rounds, results: outcome.results };
}

/** Those of training. */
export function trainingOf(rounds: readonly Round[]): Round[] {
  return rounds.filter(
    ({ stage, sent }) => stage === "train" && [...sent.values()][0]!.kind === "train",
  );
}
