import { limitLists, type EvaluationExamples, type EvaluationPart } from "../../data/index.ts";
import type { ClientContext, Scorer } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import type { OptimiserState } from "../../optim/index.ts";
import type { MethodSettings } from "../types.ts";
import { prefixed, unprefixed } from "./named.ts";
import { numbersToWire, wireToNumbers } from "./numbers-to-wire.ts";
import { roundChoice } from "./round-choice.ts";
import type { TrainReply } from "./train-reply.ts";
import { validationValue } from "./validation.ts";

type Numbers = Readonly<Record<string, Float32Array>>;

/** A domain's own model, whose shared parts come and go with messages. */
export interface DomainModel {
  /** All numbers that scores follow from, live, by name. */
  readonly learned: Numbers;
  readonly memory: OptimiserState;
  /** What the domain counts in means. */
  readonly numExamples: number;
  readonly parts: readonly EvaluationPart[];
  readonly score: Scorer["score"];
  /** Takes over what the server sent. */
  readonly install: (arrays: Message["arrays"]) => void;
  /** A round of passes; gives their mean loss. */
  readonly train: (round: number, signal?: AbortSignal) => Promise<number>;
  /** What is sent after them. */
  readonly share: (round: number) => Promise<Message["arrays"]>;
  readonly close: () => Promise<void>;
}

/**
 * The client half of methods in which a domain keeps a model of its own: validates the state that each
 * message makes, keeps the best, trains, answers, and scores in the end.
 */
export function domainClient(
  context: ClientContext,
  settings: MethodSettings,
  model: DomainModel,
): StageClient {
  const { learned, memory, parts, score } = model;
  const choice = roundChoice(settings);
  let serving = false;

  const validate = async (round: number): Promise<Record<string, number>> => {
    const valid: Record<string, number> = {};
    for (const { client, valid: all, numUsers } of parts) {
      const rows = limitLists(all, settings.validationLists);
      if (rows.numRows === 0) continue;
      const scoring = {
        rows,
        numUsers,
        score: (examples: EvaluationExamples) => score(examples, client),
      };
      valid[client] = await validationValue(client, scoring, settings);
    }
    choice.consider(round, valid, () => copied(learned));
    return valid;
  };

  const serve = () => {
    serving = true;
    context.memory.data = { parts };
    context.memory.scorer = { score };
  };

  return {
    handle: async ({ kind, round, arrays }, signal) => {
      model.install(arrays);
      const valid = await validate(round);
      const reply = (own: Partial<TrainReply>, sent: Message["arrays"]): Message => ({
        kind: kind === "finish" ? "finished" : "update",
        stage: "train",
        round,
        arrays: sent,
        metadata: {
          numExamples: model.numExamples,
          valid,
          stale: choice.stale(),
          finished: choice.finished(),
          ...own,
        },
      });
      if (kind === "finish") {
        const best = choice.best();
        if (best) put(learned, best);
        serve();
        return reply({ finished: true }, {});
      }
      const trainLoss = await model.train(round, signal);
      return reply({ trainLoss }, await model.share(round));
    },
    save: () => {
      const chosen = choice.save();
      const own = { ...prefixed("learned:", learned), ...prefixed("moment:", memory.moments) };
      return {
        arrays: { ...numbersToWire(own), ...chosen.arrays },
        metadata: { ...chosen.metadata, step: memory.step, serving },
      };
    },
    load: (state) => {
      choice.load(state);
      put(learned, wireToNumbers(unprefixed("learned:", state.arrays)));
      put(memory.moments, wireToNumbers(unprefixed("moment:", state.arrays)));
      memory.step = state.metadata["step"] as number;
      if (state.metadata["serving"] === true) serve();
    },
    close: model.close,
  };
}

function copied(arrays: Numbers): Numbers {
  return Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, data.slice()]));
}

function put(to: Numbers, from: Numbers): void {
  for (const [name, data] of Object.entries(from)) to[name]!.set(data);
}
