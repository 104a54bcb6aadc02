import { strategies, type Stage, type WireArray } from "@atoll/core/federation";
import { z } from "zod";

/** A model of so many arrays, with so many 32-bit numbers in each. */
export interface ModelSize {
  readonly arrays: number;
  readonly numbers: number;
}

export const STAGE = "average";
export const METHOD = "averaging";

const nameOf = (i: number) => `w${String(i).padStart(3, "0")}`;

export function modelOf({ arrays, numbers }: ModelSize, value: number): Record<string, WireArray> {
  return Object.fromEntries(
    Array.from({ length: arrays }, (_, i) => [
      nameOf(i),
      { shape: [numbers], data: new Float32Array(numbers).fill(value) },
    ]),
  );
}

export interface AveragingOptions {
  readonly size: ModelSize;
  readonly rounds: number;
  /** Clients asked in a round, of those that there are. */
  readonly cohort: (clients: readonly string[], round: number) => readonly string[];
  readonly optional: boolean;
  /** Called when the server asks for a round, and once more when there is none left. */
  readonly onNext: (round: number) => void;
  readonly onReplies: (round: number, clients: readonly string[]) => void;
}

/** Federated averaging of arrays that nobody trains: what is left is what carrying them takes. */
export function averaging(options: AveragingOptions): Stage {
  const { size, rounds, cohort, optional, onNext, onReplies } = options;
  const strategy = strategies.fedavg();
  const arrays = Object.fromEntries(
    Array.from({ length: size.arrays }, (_, i) => [nameOf(i), "numbers of a benchmark"]),
  );
  const message = { arrays, metadata: z.strictObject({}), purpose: "A benchmark." };
  return {
    name: STAGE,
    rounds: () => rounds,
    messages: { average: { ...message, answeredBy: ["update"] }, update: message },
    server: ({ clients }) => {
      let global = modelOf(size, 0);
      let memory = strategy.init(global);
      let round = 0;
      return {
        next: () => {
          onNext(round);
          if (round === rounds) return undefined;
          const asked = { kind: "average", stage: STAGE, round, arrays: global, metadata: {} };
          return new Map(cohort(clients, round).map((client) => [client, asked]));
        },
        optional: () => optional,
        receive: (replies) => {
          onReplies(round, [...replies.keys()]);
          const updates = [...replies].map(([client, reply]) => ({
            client,
            numExamples: 1,
            arrays: reply.arrays,
          }));
          const [joined, next] = strategy.step(global, updates, memory);
          global = { ...joined };
          memory = next;
          round += 1;
        },
        save: () => ({ arrays: global, metadata: { round } }),
        load: (state) => {
          global = { ...state.arrays };
          round = state.metadata["round"] as number;
        },
      };
    },
    client: () => Promise.reject(new Error("clients of this benchmark are made by hand")),
  };
}
