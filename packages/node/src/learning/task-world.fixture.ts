import { FIRST_VALUE_ROW } from "@atoll/core/data";
import { normal, streamOf, uniform, uniformBelow, type RandomStream } from "@atoll/core/random";
import type { World, WorldRows } from "./fit.fixture.ts";

export interface TaskWorld {
  readonly seed: number;
  /** How many values each categorical feature has, all equally often. */
  readonly values: Readonly<Record<string, number>>;
  /** Numeric features, standard normal. Default: none. */
  readonly numNumeric?: number;
  readonly tasks: readonly string[];
  readonly numTrain: number;
  readonly numTest: number;
  /** An example's log-odds of each task. */
  readonly logits: (values: readonly number[], numeric: readonly number[]) => readonly number[];
  /** Whether a task's label is 0 wherever that of the task before is. Default: no. */
  readonly inSequence?: boolean;
}

/** A world of several labels, each drawn from true log-odds. */
export function taskWorld(world: TaskWorld): World {
  const { seed, tasks, logits, numNumeric = 0, inSequence = false } = world;
  const counts = Object.values(world.values);
  const random = streamOf(seed, "task world");
  const rows = (numRows: number): WorldRows => {
    const categorical = new Int32Array(counts.length * numRows);
    const numeric = new Float32Array(numNumeric * numRows);
    const label = new Float32Array(tasks.length * numRows);
    for (let row = 0; row < numRows; row++) {
      const values = counts.map((count) => uniformBelow(random, count));
      const numbers = Array.from({ length: numNumeric }, () => normal(random));
      categorical.set(
        values.map((value) => FIRST_VALUE_ROW + value),
        row * counts.length,
      );
      numeric.set(numbers, row * numNumeric);
      let before = 1;
      for (const [t, z] of logits(values, numbers).entries()) {
        const drawn = uniform(random) < 1 / (1 + Math.exp(-z)) ? 1 : 0;
        before = inSequence ? before * drawn : drawn;
        label[row * tasks.length + t] = before;
      }
    }
    return { numRows, categorical, numeric, label };
  };
  return {
    schema: {
      categorical: Object.entries(world.values).map(([name, count]) => ({
        name,
        of: "context",
        numRows: FIRST_VALUE_ROW + count,
      })),
      numeric: Array.from({ length: numNumeric }, (_, i) => ({ name: `x${i}`, of: "context" })),
      tasks,
    },
    train: rows(world.numTrain),
    test: rows(world.numTest),
  };
}

/** The same rows with the label of one task alone. */
export function onlyTask({ schema, train, test }: World, task: number): World {
  const numTasks = schema.tasks!.length;
  const part = (rows: WorldRows): WorldRows => ({
    ...rows,
    label: rows.label.filter((_, i) => i % numTasks === task),
  });
  return {
    schema: { ...schema, tasks: [schema.tasks![task]!] },
    train: part(train),
    test: part(test),
  };
}

/** Standard normal vectors, one for each of `count` values. */
export function vectors(random: RandomStream, count: number, width: number): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: width }, () => normal(random)));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
