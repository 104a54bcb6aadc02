import { itemOutside } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { createArena } from "../../kernels/index.ts";
import {
  MAPPING,
  p2fcdrLayout,
  p2fcdrTraining,
  p2fcdrUsers,
  type Choices,
  type P2fcdrSettings,
} from "../../models/federated-recommenders/index.ts";
import { makeOptimiser, type OptimiserConfig, type OptimiserState } from "../../optim/index.ts";
import { shuffle, uniformBelow, type RandomStream } from "../../random/index.ts";
import { view, windows } from "../../tensor/index.ts";
import { createLearnedVector, gatherRows, initialVector } from "../../training/population/index.ts";
import { batchRows } from "../stages/batch-rows.ts";
import { trainingPass } from "../stages/training-pass.ts";

interface TrainerOptions extends Pick<ClientContext, "name" | "seed" | "executor"> {
  readonly settings: P2fcdrSettings;
  readonly optimiser: OptimiserConfig;
  readonly choices: Choices;
}

/** One domain's model in training. */
export interface P2fcdrTrainer {
  /** Everything that is learned, live. */
  readonly values: Float32Array;
  /** Windows on it: [width, width], [users, width], [items, width]. */
  readonly mapping: Float32Array;
  readonly users: Float32Array;
  readonly items: Float32Array;
  /** [users, width]: users' vectors in the other domain's space, and whether there is one; to be written. */
  readonly other: Float32Array;
  readonly known: Float32Array;
  readonly memory: OptimiserState;
  /** A pass over all choices; gives the mean loss of its steps. */
  readonly pass: (options: {
    readonly random: RandomStream;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: (share: number) => void;
  }) => Promise<number>;
  /** What users are compared by, [users, width]. */
  readonly fused: (users: Int32Array) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

export async function p2fcdrTrainer(options: TrainerOptions): Promise<P2fcdrTrainer> {
  const { settings, choices, executor } = options;
  const { width, negatives } = settings;
  const { numUsers, numItems, offsets, items } = choices;
  const choicesPerStep = Math.max(1, Math.floor(settings.batchSize / (1 + negatives)));
  const batchSize = choicesPerStep * (1 + negatives);
  const arena = createArena();
  const layout = p2fcdrLayout(settings);
  const learned = createLearnedVector(
    layout,
    [
      { name: "users", rows: numUsers, width },
      { name: "items", rows: numItems, width },
    ],
    arena,
  );
  const { values, size, tables } = learned;
  values.set(initialVector(learned, options.seed));
  const optimiser = makeOptimiser(options.optimiser, arena);
  const memory = optimiser.init(size);
  const gradient = arena.float32(size);
  const other = new Float32Array(numUsers * width);
  const known = new Float32Array(numUsers);

  const [userOf, itemOf] = [new Int32Array(batchSize), new Int32Array(batchSize)];
  const tableAt = (t: number) => ({ values, gradient, offset: tables[t]!.offset, width });
  const rows = {
    users: batchRows(tableAt(0), userOf, arena),
    items: batchRows(tableAt(1), itemOf, arena),
  };
  const flags = () => arena.float32(batchSize);
  const given = { known: flags(), label: flags(), present: flags() };
  const otherOf = arena.float32(batchSize * width);
  const loss = arena.float32(1);
  const sizes = { ...settings, batchSize };
  const training = await executor.load(p2fcdrTraining(sizes));
  const inputs = {
    ...windows(layout, values, "parameter"),
    users: rows.users.vectors,
    other: otherOf,
    known: given.known,
  };
  const step = training.bind(
    { ...inputs, items: rows.items.vectors, label: given.label, present: given.present },
    {
      loss,
      ...windows(layout, gradient, "gradient:parameter"),
      "gradient:users": rows.users.gradients,
      "gradient:items": rows.items.gradients,
    },
  );
  const scoring = await executor.load(p2fcdrUsers(sizes));
  const mixed = arena.float32(batchSize * width);
  const toFused = scoring.bind(inputs, { fused: mixed });

  const gatherUsers = () => {
    rows.users.gather();
    gatherRows(userOf, { values: other, width }, otherOf);
    for (let i = 0; i < batchSize; i++) given.known[i] = userOf[i]! < 0 ? 0 : known[userOf[i]!]!;
  };

  const userOfChoice = new Int32Array(items.length);
  for (let u = 0; u < numUsers; u++) userOfChoice.fill(u, offsets[u], offsets[u + 1]);

  /** Puts choices with their negatives into the batch; a user who chose everything has none. */
  const fill = (chosen: Int32Array, random: RandomStream) => {
    userOf.fill(-1);
    itemOf.fill(-1);
    for (const flag of [given.label, given.present]) flag.fill(0);
    let at = 0;
    const put = (user: number, item: number, label: number) => {
      userOf[at] = user;
      itemOf[at] = item;
      given.label[at] = label;
      given.present[at++] = 1;
    };
    for (const choice of chosen) {
      const user = userOfChoice[choice]!;
      const [from, to] = [offsets[user]!, offsets[user + 1]!];
      put(user, items[choice]!, 1);
      const free = numItems - (to - from);
      const draws = free > 0 ? negatives : 0;
      for (let n = 0; n < draws; n++)
        put(user, itemOutside(items, from, to, uniformBelow(random, free)), 0);
    }
    gatherUsers();
    rows.items.gather();
  };

  const window = (t: number) => {
    const { offset, rows: count } = tables[t]!;
    return values.subarray(offset, offset + count * width);
  };
  return {
    values,
    mapping: view(layout, values, MAPPING),
    users: window(0),
    items: window(1),
    other,
    known,
    memory,
    pass: async ({ random, signal, onProgress }) => {
      const order = Int32Array.from(items.keys());
      shuffle(random, order);
      return trainingPass(order, {
        client: options.name,
        examples: "choices",
        perStep: choicesPerStep,
        fill: (own) => fill(own, random),
        step,
        loss,
        update: () => {
          gradient.fill(0, layout.size);
          rows.users.scatter();
          rows.items.scatter();
          optimiser.step(values, gradient, memory);
        },
        signal,
        onProgress,
      });
    },
    fused: async (asked) => {
      const out = new Float32Array(asked.length * width);
      for (let from = 0; from < asked.length; from += batchSize) {
        const own = asked.subarray(from, from + batchSize);
        userOf.fill(-1);
        userOf.set(own);
        gatherUsers();
        await toFused.run();
        out.set(mixed.subarray(0, own.length * width), from * width);
      }
      return out;
    },
    close: async () => {
      await training.release();
      await scoring.release();
    },
  };
}
