import {
  STAGES,
  fieldsTold,
  type AugmentationStage,
  type FieldsTold,
} from "@atoll/core/augmentation";
import type { SplitClient } from "@atoll/core/data";
import { populationOf } from "@atoll/core/population";
import { countingModel, openAnswers, type StagePlan } from "../language-models/index.ts";
import { methodsOf, servicesOf, type Connection } from "./connections.ts";
import type { AugmentationEvent } from "./events.ts";
import { remoteHost } from "./remote.ts";

/** What asking would take; nobody is asked. */
export interface AugmentationPlan {
  readonly model: string;
  readonly methods: readonly string[];
  /** Those of them that promise privacy. */
  readonly promised: readonly string[];
  readonly stages: Readonly<Record<AugmentationStage, StagePlan>>;
  /** Distinct prompts without an answer: calls, where every answer is accepted at once. */
  readonly calls: number;
  /** Of the prompts without an answer, estimated. */
  readonly promptTokens: number;
  /** Estimated by the answers of the examples, and at most. */
  readonly answerTokens: { readonly expected: number; readonly most: number };
  /** Of both by prices, likewise; absent where the settings have no prices. */
  readonly money?: { readonly expected: number; readonly most: number };
  /** Minutes that the server's rates take at least; absent where the settings name none. */
  readonly minutes?: number;
  /** Users of whom prompts tell, and items that are described. */
  readonly users: number;
  readonly items: number;
  /** What prompts tell. */
  readonly fields: readonly FieldsTold[];
  /** Where prompts go, if to another machine. */
  readonly host?: string;
}

export interface PlanOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: AugmentationEvent) => void;
}

/** Goes through all that would be asked, and counts. */
export async function planAugmentation(
  connection: Connection,
  { signal, onEvent }: PlanOptions,
): Promise<AugmentationPlan> {
  const { settings, answers, directory, tasks } = connection;
  const store = openAnswers(answers.storePath, { readOnly: true });
  try {
    const model = countingModel(settings, { store, model: answers.model });
    const reached = { users: 0, items: 0 };
    for (const task of tasks) {
      const { users } = await task.job.run(task.splits, {
        services: servicesOf(task, { model, directory }),
        signal,
        onProgress: (progress) =>
          onEvent({ kind: "augmentation-planning", model: settings.model, ...progress }),
      });
      const { stages } = task.settings;
      if (stages.includes("items"))
        reached.items = Math.max(reached.items, itemsWithText(task.splits));
      if (stages.some((stage) => stage !== "items")) reached.users = Math.max(reached.users, users);
    }
    return { ...sumsOf(connection, model.plan()), ...reached };
  } finally {
    store.close();
  }
}

function itemsWithText(splits: readonly SplitClient[]): number {
  return populationOf(splits).itemText?.filter((text) => text.trim() !== "").length ?? 0;
}

const MILLION = 1e6;

function sumsOf(
  connection: Connection,
  stages: AugmentationPlan["stages"],
): Omit<AugmentationPlan, "users" | "items"> {
  const { settings, tasks } = connection;
  const sum = (value: (plan: StagePlan) => number) =>
    STAGES.reduce((total, stage) => total + value(stages[stage]), 0);
  const calls = sum(({ prompts, cached }) => prompts - cached);
  const promptTokens = sum((plan) => plan.promptTokens);
  const answerTokens = {
    expected: sum((plan) => plan.answerTokens),
    most: sum((plan) => plan.mostAnswerTokens),
  };
  const host = remoteHost(settings);
  return {
    model: settings.model,
    methods: methodsOf(connection),
    promised: [...new Set(tasks.flatMap(({ promised }) => promised))],
    stages,
    calls,
    promptTokens,
    answerTokens,
    ...limitsOf(connection, { calls, promptTokens, answerTokens }),
    fields: toldBy(connection),
    ...(host !== undefined && { host }),
  };
}

/** Money by prices, and the time that rates take. */
function limitsOf(
  { settings }: Connection,
  {
    calls,
    promptTokens,
    answerTokens: { expected, most },
  }: Pick<AugmentationPlan, "calls" | "promptTokens" | "answerTokens">,
): Pick<AugmentationPlan, "money" | "minutes"> {
  if (settings.kind !== "openai-compatible") return {};
  const { prices, requestsPerMinute, tokensPerMinute } = settings;
  const price = (answer: number) =>
    (promptTokens * prices.input + answer * prices.output) / MILLION;
  const hasRate = requestsPerMinute !== undefined || tokensPerMinute !== undefined;
  return {
    ...(prices.input + prices.output > 0 && {
      money: { expected: price(expected), most: price(most) },
    }),
    ...(hasRate && {
      minutes: Math.max(
        calls / (requestsPerMinute ?? Infinity),
        (promptTokens + expected) / (tokensPerMinute ?? Infinity),
      ),
    }),
  };
}

/** What the tasks' prompts tell, each stage once; tasks may send different things. */
function toldBy({ tasks }: Connection): readonly FieldsTold[] {
  const told = tasks.flatMap(({ settings }) => fieldsTold(settings));
  return STAGES.flatMap((stage) => {
    const fields = told.filter((own) => own.stage === stage).flatMap((own) => own.fields);
    return fields.length === 0 ? [] : [{ stage, fields: [...new Set(fields)] }];
  });
}
