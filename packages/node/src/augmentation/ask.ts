import { STAGES, type Completer } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import {
  askingModel,
  localCompleter,
  openAnswers,
  serverCompleter,
  systemClock,
  type AskingModel,
  type Spent,
} from "../language-models/index.ts";
import { servicesOf, type Connection } from "./connections.ts";
import type { Asked, AugmentationEvent } from "./events.ts";
import { droppedIn } from "./inspect.ts";
import { planAugmentation, type AugmentationPlan } from "./plan.ts";
import { apiKeyOf, checkRemote } from "./remote.ts";

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: AugmentationEvent) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How far the asking is, is told so often. */
const NOTICE_MS = 200;

const NOTHING: Spent = { calls: 0, promptTokens: 0, answerTokens: 0, money: 0 };

/**
 * Asks for every answer that the tasks need and the store lacks; all that is answered is kept, whatever ends the
 * asking. Throws where answers stay missing, unless the settings allow for that (`partial`).
 */
export async function askMissing(connection: Connection, options: AskOptions): Promise<Asked> {
  const { settings } = connection;
  const { signal, onEvent, environment } = options;
  for (const { methods, settings: own } of connection.tasks) checkRemote(methods[0]!, own);
  const plan = await planAugmentation(connection, { signal, onEvent });
  const named = { model: settings.model, methods: plan.methods };
  if (plan.calls === 0) return { ...named, answered: 0, dropped: 0, missing: 0, spent: NOTHING };
  const completer = await completerOf(connection, apiKeyOf(settings, environment));
  const { host, fields, users, items, calls, promised } = plan;
  if (host !== undefined)
    onEvent({
      kind: "augmentation-leaves",
      model: settings.model,
      host,
      fields,
      users,
      items,
      calls,
      promised,
    });
  try {
    const asked = { ...named, ...(await askAll(connection, { plan, completer, ...options })) };
    onEvent({ kind: "augmented", ...asked });
    if (asked.missing > 0 && !settings.partial) throw incomplete(asked);
    return asked;
  } finally {
    await completer.close();
  }
}

async function completerOf(
  { settings, directory }: Connection,
  apiKey: string | undefined,
): Promise<Completer> {
  return settings.kind === "local"
    ? localCompleter(settings, { directory })
    : serverCompleter(settings, { apiKey });
}

async function askAll(
  connection: Connection,
  {
    plan,
    completer,
    signal,
    onEvent,
  }: AskOptions & { readonly plan: AugmentationPlan; readonly completer: Completer },
): Promise<Pick<Asked, "answered" | "dropped" | "missing" | "spent">> {
  const { settings, answers, directory, tasks } = connection;
  const { calls: total, methods } = plan;
  const store = openAnswers(answers.storePath);
  const settled = { answered: 0, dropped: 0 };
  let toldMs = -Infinity;
  try {
    const model: AskingModel = askingModel(settings, {
      store,
      completer,
      model: answers.model,
      clock: systemClock,
      random: Math.random,
      signal,
      planned: total,
      onEvent: (event) => {
        if (event.kind === "answered") settled.answered += 1;
        if (event.kind === "rejected" && event.dropped) settled.dropped += 1;
        const nowMs = systemClock.now();
        if (nowMs - toldMs < NOTICE_MS) return;
        toldMs = nowMs;
        onEvent({
          kind: "augmenting",
          model: settings.model,
          methods,
          done: settled.answered + settled.dropped,
          total,
          dropped: settled.dropped,
          spent: model.spent(),
        });
      },
    });
    try {
      for (const task of tasks)
        await task.job.run(task.splits, {
          services: servicesOf(task, { model, directory }),
          concurrency: settings.concurrency,
          signal,
        });
    } catch (error) {
      const isSpent = error instanceof AtollError && error.code === "AUGMENTATION_BUDGET";
      if (!isSpent || !settings.partial) throw error;
    }
    // Others who use the store may have had some of them answered.
    const found = model.tally();
    const missing = STAGES.reduce(
      (sum, stage) =>
        sum + plan.stages[stage].prompts - found[stage].answered - droppedIn(found[stage]),
      0,
    );
    return { ...settled, missing, spent: model.spent() };
  } finally {
    store.close();
  }
}

function incomplete({ methods, missing, answered, dropped }: Asked): AtollError {
  return new AtollError(
    "AUGMENTATION_INCOMPLETE",
    `${missing} of ${missing + answered + dropped} prompts of ${methods.join(", ")} have no answer, because calls failed; ask again with atoll augment run, or set augmentation.partial to true to go on without them`,
  );
}
