import { inProcess } from "../../../federation/in-process.fixture.ts";
import type { FederationConfig, Message } from "../../../federation/index.ts";
import { privacyConfig, type AccountExport, type PrivacyConfig } from "../../../privacy/index.ts";
import { trainingConfig } from "../../../training/index.ts";
import { modelConfig } from "../../../models/index.ts";
import { methodConfig, methodOf, resolveMethod } from "../../registry.ts";
import { emptyContext, scenarioSettings, scenariosOf } from "../../two-markets.fixture.ts";
import type { MethodSettings } from "../../types.ts";
import { retiredIn } from "../retired.ts";
import { testServices, watchedLedger } from "./services.fixture.ts";

export const CLIENTS = ["a", "b", "c", "d"];

const splits = scenariosOf(Object.fromEntries(CLIENTS.map((name) => [name, 60])));

type Given = Omit<Partial<MethodSettings>, "privacy" | "federation">;

/** Four clients that learn clicks by logistic regression, and share the rows of a hashed id. */
export function privateSettings(
  privacy: Readonly<Record<string, unknown>>,
  federation: Partial<FederationConfig> = {},
  given: Given = {},
): MethodSettings & { readonly privacy: PrivacyConfig } {
  return {
    ...scenarioSettings({
      model: modelConfig.parse({ kind: "lr" }),
      training: trainingConfig.parse({
        batchSize: 10,
        optimiser: { kind: "adam", learningRate: 0.05 },
        select: "last",
        task: "click",
      }),
      metrics: ["auc:click"],
      ...given,
    }),
    federation: {
      rounds: 3,
      localEpochs: 1,
      clientsPerRound: "all",
      cohort: "fixed",
      shared: ["id0"],
      federatedEmbeddings: "mean",
      ...federation,
    },
    privacy: privacyConfig.parse(privacy),
  };
}

export interface PrivateRun {
  readonly method?: string;
  readonly settings: MethodSettings;
  /** A ledger that an earlier run left. */
  readonly ledger?: ReturnType<typeof watchedLedger>;
  readonly secret?: number;
  /** Stops after the first round, and goes on from the checkpoint with fresh clients. */
  readonly interrupted?: boolean;
}

/** Runs a method in-process: all traffic, and what each party was charged. */
export async function runPrivately(given: PrivateRun) {
  const { method = "fedavg", settings, secret = 1, interrupted = false } = given;
  const ledger = given.ledger ?? watchedLedger();
  const entry = resolveMethod(methodConfig.parse(method));
  const definition = methodOf(entry.kind);
  const stages = () => definition.stages(entry, settings);
  const servicesOf = (party: string) => testServices(party, { ledger: ledger.ledger, secret });
  const contexts = splits.map((split) => ({
    ...emptyContext(split),
    privacy: servicesOf(split.client),
  }));
  const { run, reopen, close, traffic } = inProcess({
    stages,
    contexts,
    privacy: servicesOf("server"),
  });
  if (interrupted) {
    // Of the vocabulary stage, then of training.
    for (let round = 0; round < 3; round++) await run(AbortSignal.abort());
    await reopen();
  }
  const outcome = await run(new AbortController().signal);
  await close();
  if (outcome.kind !== "done") throw new Error("stopped");
  const accounts: Record<string, AccountExport> = {};
  for (const party of [...CLIENTS, "server"]) {
    const account = await ledger.read(party);
    if (account) accounts[party] = account;
  }
  return { traffic, accounts, retired: retiredIn(outcome.results), contexts };
}

export type PrivateOutcome = Awaited<ReturnType<typeof runPrivately>>;

/** Messages of the training stage of a kind, in order. */
export function messagesOf(
  { traffic }: Pick<PrivateOutcome, "traffic">,
  kind: "train" | "update" | "finish" | "finished",
  client?: string,
): Message[] {
  return traffic
    .filter((sent) => sent.message.stage === "train" && sent.message.kind === kind)
    .filter((sent) => client === undefined || sent.client === client)
    .map(({ message }) => message);
}

/** The state that a run ended in. */
export function finalState(outcome: PrivateOutcome): Message["arrays"] {
  return messagesOf(outcome, "finish")[0]!.arrays;
}
