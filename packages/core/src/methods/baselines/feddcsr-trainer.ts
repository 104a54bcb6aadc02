import type { ClientContext } from "../../federation/client-context.ts";
import { createArena } from "../../kernels/index.ts";
import {
  feddcsr,
  feddcsrStates,
  feddcsrTraining,
  SHARED,
  type FeddcsrSettings,
} from "../../models/federated-recommenders/index.ts";
import { makeOptimiser, type OptimiserConfig, type OptimiserState } from "../../optim/index.ts";
import type { TrainingEvents } from "../../population/index.ts";
import { shuffle, type RandomStream } from "../../random/index.ts";
import { parameterLayout, windows } from "../../tensor/index.ts";
import { drawMask } from "../../training/index.ts";
import { createLearnedVector, initialVector } from "../../training/population/index.ts";
import { sequenceBatch } from "./feddcsr-batch.ts";
import { batchRows } from "../stages/batch-rows.ts";
import { trainingPass } from "../stages/training-pass.ts";

interface TrainerOptions extends Pick<ClientContext, "name" | "seed" | "executor"> {
  readonly settings: FeddcsrSettings;
  readonly optimiser: OptimiserConfig;
  readonly numItems: number;
  readonly events: TrainingEvents;
}

/** Shared representations of all domains, for the users that have one: [users, width] and [users]. */
export interface GlobalStates {
  readonly states: Float32Array;
  readonly known: Uint8Array;
}

export interface PassOptions {
  readonly random: RandomStream;
  readonly global: GlobalStates | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (share: number) => void;
}

/** One domain's model in training. */
export interface FeddcsrTrainer {
  /** Everything that is learned, live: dense parameters, shared ones first, then the three tables. */
  readonly values: Float32Array;
  /** Shared parameters are the first so many of `values`. */
  readonly sharedSize: number;
  readonly memory: OptimiserState;
  /** Users with something to learn from. */
  readonly users: Int32Array;
  /** A pass over them; gives the mean loss of its steps. */
  readonly pass: (options: PassOptions) => Promise<number>;
  /** Representations after histories, [histories, width] each. */
  readonly states: (
    histories: readonly Int32Array[],
  ) => Promise<Record<"shared" | "exclusive", Float32Array>>;
  /** The logit of an item after a history, whose two representations stand at `at`. */
  readonly logit: (
    states: Readonly<Record<"shared" | "exclusive", Float32Array>>,
    at: number,
    item: number,
  ) => number;
  readonly close: () => Promise<void>;
}

/** A step takes the mean of its sequences' losses; Adam and its like move every row, as PyTorch's do. */
export async function feddcsrTrainer(options: TrainerOptions): Promise<FeddcsrTrainer> {
  const { settings, numItems, events, executor, seed } = options;
  const { width, usersPerStep, kl, annealingSteps } = settings;
  const sizes = { ...settings, users: usersPerStep };
  const arena = createArena();
  const model = feddcsr(settings);
  const layout = parameterLayout(model.parameters);
  const learned = createLearnedVector(
    layout,
    ["shared", "exclusive", "next"].map((name) => ({ name, rows: numItems, width })),
    arena,
  );
  const { values, size, tables } = learned;
  values.set(initialVector(learned, seed));
  const optimiser = makeOptimiser(options.optimiser, arena);
  const memory = optimiser.init(size);
  const gradient = arena.float32(size);
  const batch = sequenceBatch(sizes, arena);
  const offsetOf = (name: string) => tables.find((table) => table.name === name)!.offset;
  const rowsOf = (name: string, items: Int32Array) =>
    batchRows({ values, gradient, offset: offsetOf(name), width }, items, arena);
  const rows = {
    "vectors:shared": rowsOf("shared", batch.items),
    "vectors:exclusive": rowsOf("exclusive", batch.items),
    "vectors:augmented": rowsOf("exclusive", batch.shuffled),
    "vectors:target": rowsOf("next", batch.targets),
    negatives: rowsOf("next", batch.negatives),
  };
  const vectors = Object.fromEntries(
    Object.entries(rows).map(([name, own]) => [name, own.vectors]),
  );
  const [global, known] = [arena.float32(usersPerStep * width), arena.float32(usersPerStep)];
  const [klWeight, loss] = [arena.float32(1), arena.float32(1)];
  const masks = model.masks.map((mask) => ({
    ...mask,
    values: arena.float32(usersPerStep * mask.size),
  }));
  const training = await executor.load(feddcsrTraining({ model, layout, sizes }));
  const step = training.bind(
    {
      ...windows(layout, values, "parameter"),
      ...vectors,
      mask: batch.mask,
      ...Object.fromEntries(
        Object.entries(batch.noise).map(([name, noise]) => [`noise:${name}`, noise]),
      ),
      global,
      known,
      klWeight,
      ...Object.fromEntries(masks.map((mask) => [`dropout:${mask.name}`, mask.values])),
    },
    {
      loss,
      ...windows(layout, gradient, "gradient:parameter"),
      ...Object.fromEntries(
        Object.entries(rows).map(([name, own]) => [`gradient:${name}`, own.gradients]),
      ),
    },
  );
  const scoring = await executor.load(feddcsrStates({ model, layout, sizes }));
  const out = { shared: arena.float32(global.length), exclusive: arena.float32(global.length) };
  const toStates = scoring.bind(
    {
      ...windows(layout, values, "parameter"),
      "vectors:shared": vectors["vectors:shared"]!,
      "vectors:exclusive": vectors["vectors:exclusive"]!,
      mask: batch.mask,
    },
    out,
  );
  const users = Int32Array.from({ length: events.starts.length - 1 }, (_, user) => user).filter(
    (user) => events.starts[user + 1]! - events.starts[user]! >= 2,
  );
  const shared = layout.views.filter(({ name }) => name.startsWith(SHARED));

  const fill = (own: Int32Array, { random, global: given }: PassOptions) => {
    batch.clear();
    known.fill(0);
    for (const [place, user] of own.entries()) {
      const sequence = events.item.subarray(events.starts[user], events.starts[user + 1]);
      batch.putSequence(place, sequence, random);
      if (given === undefined || given.known[user] === 0) continue;
      known[place] = 1;
      global.set(given.states.subarray(user * width, (user + 1) * width), place * width);
    }
    batch.draw(numItems, random);
    for (const mask of masks) drawMask(arena, mask.values, { rate: mask.rate, random });
    for (const row of Object.values(rows)) row.gather();
    klWeight[0] = kl * Math.min(1, memory.step / annealingSteps);
  };

  return {
    values,
    sharedSize: shared.reduce((sum, { length }) => sum + length, 0),
    memory,
    users,
    pass: async (given) => {
      const order = users.slice();
      shuffle(given.random, order);
      return trainingPass(order, {
        client: options.name,
        examples: "users",
        perStep: usersPerStep,
        fill: (own) => fill(own, given),
        step,
        loss,
        update: () => {
          gradient.fill(0, layout.size);
          for (const row of Object.values(rows)) row.scatter();
          optimiser.step(values, gradient, memory);
        },
        signal: given.signal,
        onProgress: given.onProgress,
      });
    },
    states: async (histories) => {
      const made = [0, 1].map(() => new Float32Array(histories.length * width));
      const [ofShared, ofExclusive] = made as [Float32Array, Float32Array];
      for (let from = 0; from < histories.length; from += usersPerStep) {
        batch.clear();
        const own = histories.slice(from, from + usersPerStep);
        own.forEach((history, place) => batch.putHistory(place, history));
        rows["vectors:shared"].gather();
        rows["vectors:exclusive"].gather();
        await toStates.run();
        own.forEach(({ length }, place) => {
          // Without a history there is nothing to read.
          if (length === 0) return;
          const [at, to] = [place * width, (from + place) * width];
          ofShared.set(out.shared.subarray(at, at + width), to);
          ofExclusive.set(out.exclusive.subarray(at, at + width), to);
        });
      }
      return { shared: ofShared, exclusive: ofExclusive };
    },
    logit: (states, at, item) => {
      const offset = offsetOf("next");
      let logit = 0;
      for (let k = 0; k < width; k++)
        logit +=
          (states.shared[at * width + k]! + states.exclusive[at * width + k]!) *
          values[offset + item * width + k]!;
      return logit;
    },
    close: async () => {
      await training.release();
      await scoring.release();
    },
  };
}
