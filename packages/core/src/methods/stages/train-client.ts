import { encode, limitLists, selectTask, type EvaluationPart } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { statePieces } from "../../federation/index.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { parseMetric } from "../../metrics/index.ts";
import { streamOf } from "../../random/index.ts";
import {
  createTrainer,
  select,
  type Numbers,
  type Selection,
  type Trainer,
} from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import type { Augmentation } from "./augmentation.ts";
import { evidenceOf } from "./evidence.ts";
import type { Exchange } from "./exchange.ts";
import type { LocalRule, Passes } from "./local-rule.ts";
import { saidBy, type AnswerRules } from "./privacy/answers.ts";
import type { Granted } from "./privacy/protection.ts";
import { protectionOf } from "./privacy/registry.ts";
import { RETIRED_FILE } from "./retired.ts";
import { startFromEarlier, storeTrained } from "./start-from.ts";
import { storeGates } from "./store-gates.ts";
import { prefixed, unprefixed } from "./named.ts";
import { numbersToWire, wireToNumbers } from "./numbers-to-wire.ts";
import type { Sharing } from "./train.ts";
import type { TrainReply } from "./train-reply.ts";
import { knowsLabel, validationValue } from "./validation.ts";

/**
 * The client half: takes over what the server sent, validates it, trains, answers. One party has one
 * part, itself; the centralised reference has one per market, and keeps the best state for each.
 */
export async function trainClient(
  context: ClientContext,
  settings: MethodSettings,
  sharing: Sharing,
  {
    exchange,
    augmentation,
    local,
    rules,
  }: {
    readonly exchange: Exchange;
    readonly augmentation: Augmentation;
    readonly local: LocalRule;
    readonly rules: AnswerRules;
  },
): Promise<StageClient> {
  const { training, federation } = settings;
  const { vocabularies: agreed } = context.memory;
  const { data: encoded, encoder } = encode(context.splits, {
    minCount: settings.minCount,
    common: settings.common,
    ...(agreed && { vocabularies: agreed }),
    onProgress: (share) => context.onProgress?.({ work: "encoding", share }),
  });
  const all = augmentation.data(context, encoded);
  const { task } = training;
  const built = augmentation.build(settings.model, all.schema);
  const data = built.multiTask === true ? all : selectTask(all, task);
  const model = data === all ? built : augmentation.build(settings.model, data.schema);
  const protection = await protectionOf(context, settings, { data, exchange, local });
  const create = async () => {
    const created = await createTrainer({
      privacy: protection.training,
      model,
      data,
      config: training,
      executor: context.executor,
      seed: context.seed,
      party: context.name,
    });
    exchange.start(created, context.seed);
    await startFromEarlier(context, settings, model, created);
    augmentation.start?.(context, model, created);
    return created;
  };
  /** What travels, and what is validated and scored: the same, but where a personal model stays at home. */
  const trainer = await create();
  const federated = sharing.kind === "federated" ? sharing : undefined;
  const lambda = federated?.personal;
  const own = lambda === undefined ? trainer : await create();
  const rule = local.start({ trainer, blocks: exchange.blocks, data, settings });
  const tasks = federated?.evidence === true ? evidenceOf(data) : undefined;
  let hasReceived = false;

  const metric = parseMetric(settings.selectBy);
  const validation = new Map(
    data.parts.map((part) => [part.client, limitLists(part.valid, settings.validationLists)]),
  );
  const nothing: Selection<Numbers> = { best: undefined, stale: 0 };
  const selecting = data.parts.filter(({ client }) =>
    knowsLabel(validation.get(client)!, settings.selectBy),
  );
  const selections = new Map(selecting.map((part) => [part.client, nothing]));
  const numExamples = data.train.numRows;

  const validate = async (part: EvaluationPart): Promise<number> => {
    const rows = validation.get(part.client)!;
    const scoring = { rows, numUsers: part.numUsers, score: own.score };
    return validationValue(part.client, scoring, settings);
  };

  /** Validates the state at hand as that after `round` rounds, and remembers it where it is the best. */
  const consider = async (round: number): Promise<Record<string, number>> => {
    const values: Record<string, number> = {};
    for (const part of selecting) {
      const value = await validate(part);
      values[part.client] = value;
      if (training.select === "last") continue;
      const candidate = { value, round, higherIsBetter: metric.definition.higherIsBetter };
      selections.set(
        part.client,
        select(selections.get(part.client)!, candidate, () => own.snapshot()),
      );
    }
    return values;
  };

  // Who has nothing to select by keeps nobody waiting.
  const stale = () =>
    selections.size === 0
      ? training.patience
      : Math.min(...[...selections.values()].map((selection) => selection.stale));
  // Nor is anybody waiting for a client that trains alone: with nothing to select by it makes all its passes.
  const goesOn = sharing.kind === "alone" && selections.size === 0 && numExamples > 0;
  const hasFinished = () => training.select === "best" && !goesOn && stale() >= training.patience;

  const reply = (
    request: Message,
    kind: "update" | "finished",
    all: TrainReply & { readonly retired?: true },
    arrays: Message["arrays"] = {},
  ): Message => ({
    kind,
    stage: "train",
    round: request.round,
    arrays,
    metadata: saidBy(rules[kind], all),
  });

  /** The state after the last pass, for parts that have no best one. */
  let last: Numbers | undefined;
  const stateOf = (part: string) => selections.get(part)?.best?.snapshot ?? last;

  const serve = () => {
    context.memory.data = data;
    context.memory.scorer = {
      score: (examples, part) => {
        const state = stateOf(part);
        if (state !== undefined) own.restore(state);
        return own.score(examples);
      },
    };
  };

  /** Takes over what the server sent: all of it, or rows of shared tables alone. */
  const takeOver = (arrays: Message["arrays"]) => {
    exchange.install(trainer, arrays, !hasReceived || federated?.replaces !== false);
    // A personal model starts where the federation stands when its client joins.
    if (own !== trainer) exchange.install(own, arrays, !hasReceived);
    hasReceived = true;
  };

  /** The budget is spent: the client sends nothing and trains no more. Why stays in its own store. */
  const retire = async (request: Message, answer: TrainReply, why: string): Promise<Message> => {
    const metadata = { round: request.round, why };
    await context.store.write(RETIRED_FILE, statePieces({ arrays: {}, metadata }));
    return reply(request, "update", { ...answer, finished: true, retired: true });
  };

  /** Goes on alone from the best state until validation has not got better for `patience` passes. */
  const finish = async (request: Message, passes: Passes) => {
    const numPasses = federated?.finalPasses ?? 0;
    const best = selections.get(context.name)?.best;
    if (numPasses > 0 && best !== undefined) own.restore(best.snapshot);
    // Rounds without a better state do not count: many clients enter with as many as their patience.
    let inVain = 0;
    for (let pass = 1; pass <= numPasses && inVain < training.patience; pass++) {
      await passes(1);
      await consider(request.round + pass);
      inVain = stale() === 0 ? 0 : inVain + 1;
    }
  };

  return {
    handle: async (request, signal) => {
      takeOver(request.arrays);
      await rule.received?.({
        stream: streamOf(context.seed, request.round, context.name, "statistics"),
        ...(signal && { signal }),
      });
      const valid = rules.tellsProgress ? await consider(request.round) : {};
      const answer = {
        numExamples,
        valid,
        stale: stale(),
        finished: hasFinished(),
        ...(tasks && { tasks }),
      };
      let granted: Granted | undefined;
      /** Passes of one model: `before` of the `total` passes of this request are done when it begins. */
      const passesOf = (one: Trainer, before: number, total: number): Passes => {
        let done = 0;
        return async (count, options) => {
          let loss = 0;
          for (let epoch = 0; epoch < count; epoch++) {
            const stream = streamOf(context.seed, request.round, context.name, "epoch", done);
            loss += await one.epoch({
              stream,
              proximal: { mu: 0, anchor: one.parameters },
              ...options,
              ...(granted?.secrets && { secrets: granted.secrets(done) }),
              onProgress: (share) =>
                context.onProgress?.({ work: "training", share: (before + done + share) / total }),
              ...(signal && { signal }),
            });
            done += 1;
          }
          return loss / count;
        };
      };
      if (request.kind === "finish") {
        await finish(request, passesOf(own, 0, federated?.finalPasses ?? 0));
        await protection.end?.(request);
        if (selecting.length < data.parts.length) last = own.snapshot();
        await storeTrained(context, {
          model,
          trainer: own,
          selections,
          parts: data.parts.map(({ client }) => client),
          last,
          encoder,
          served: {
            config: settings.model,
            schema: data.schema,
            batchSize: training.batchSize,
            added: augmentation.added(context, encoded),
          },
        });
        await storeGates(context, own, data, { stateOf, validation });
        serve();
        return reply(request, "finished", { ...answer, finished: true });
      }
      // Alone, nobody waits for this client: it stops here, at its own time.
      if (answer.finished && sharing.kind === "alone") return reply(request, "update", answer);
      const permit = await protection.before(request, trainer);
      if (permit.kind === "refused") return retire(request, answer, permit.why);
      granted = permit;
      const total = rule.numPasses + (own === trainer ? 0 : federation.localEpochs);
      const anchor = trainer.parameters.slice();
      const { loss, arrays } = await rule.train(passesOf(trainer, 0, total), request.arrays);
      // The personal model sees the same batches, in the same order, as the one that travels.
      const trainLoss =
        lambda === undefined
          ? loss
          : await passesOf(
              own,
              rule.numPasses,
              total,
            )(federation.localEpochs, {
              proximal: { mu: lambda, anchor },
            });
      const shared = { ...exchange.collect(trainer, data), ...arrays };
      const released = await protection.release(request, shared);
      if (released.kind === "refused") return retire(request, answer, released.why);
      return reply(request, "update", { ...answer, trainLoss }, released.arrays);
    },
    save: () => {
      const { arrays: numbers, metadata } = trainer.save();
      const arrays = prefixed("trainer:", numbersToWire(numbers));
      const personal = own === trainer ? undefined : own.save();
      if (personal) Object.assign(arrays, prefixed("personal:", numbersToWire(personal.arrays)));
      const kept = rule.save?.();
      if (kept) Object.assign(arrays, prefixed("rule:", kept.arrays));
      if (last) Object.assign(arrays, prefixed("last:", numbersToWire(last)));
      const best: Record<string, unknown> = {};
      for (const [part, selection] of selections) {
        best[part] = {
          stale: selection.stale,
          value: selection.best?.value,
          round: selection.best?.round,
        };
        if (selection.best)
          Object.assign(arrays, prefixed(`best:${part}:`, numbersToWire(selection.best.snapshot)));
      }
      return {
        arrays,
        metadata: {
          trainer: metadata,
          ...(personal && { personal: personal.metadata }),
          hasReceived,
          best,
          ...(kept && { rule: kept.metadata }),
          ...(protection.save && { protection: protection.save() }),
          serving: context.memory.scorer !== undefined,
        },
      };
    },
    load: (state) => {
      trainer.load({
        arrays: wireToNumbers(unprefixed("trainer:", state.arrays)),
        metadata: state.metadata["trainer"] as Record<string, unknown>,
      });
      if (own !== trainer) {
        own.load({
          arrays: wireToNumbers(unprefixed("personal:", state.arrays)),
          metadata: state.metadata["personal"] as Record<string, unknown>,
        });
      }
      hasReceived = state.metadata["hasReceived"] === true;
      rule.load?.({
        arrays: unprefixed("rule:", state.arrays),
        metadata: (state.metadata["rule"] ?? {}) as Record<string, unknown>,
      });
      protection.load?.((state.metadata["protection"] ?? {}) as Record<string, unknown>);
      const best = state.metadata["best"] as Record<
        string,
        { stale: number; value?: number; round?: number }
      >;
      for (const part of selecting) {
        const kept = best[part.client]!;
        const snapshot = wireToNumbers(unprefixed(`best:${part.client}:`, state.arrays));
        selections.set(part.client, {
          stale: kept.stale,
          best:
            kept.value === undefined || kept.round === undefined
              ? undefined
              : { value: kept.value, round: kept.round, snapshot },
        });
      }
      const atLast = wireToNumbers(unprefixed("last:", state.arrays));
      if (Object.keys(atLast).length > 0) last = atLast;
      if (state.metadata["serving"] === true) serve();
    },
    close: async () => {
      await trainer.close();
      if (own !== trainer) await own.close();
    },
  };
}
