import { createBatch, createFiller, type TrainingData } from "../../data/index.ts";
import { createLookup, gather, lookUp } from "../../embedding/index.ts";
import { trainProgram, type LossOptions, type Model } from "../../models/index.ts";
import { windows, type Executor, type LoadedProgram } from "../../tensor/index.ts";
import { createLearned, type Learned } from "../learned.ts";
import { indexReader } from "../indices.ts";
import { given, inputsOf } from "../step.ts";

/** A gradient of everything learned, by name: one array per parameter and per table, in doubles. */
export type Gradient = Readonly<Record<string, Float64Array>>;

/** Gradients of mean losses over a few rows, the plain way: the ordinary program on these rows alone. */
export interface Oracle {
  readonly gradientOf: (rows: readonly number[]) => Promise<Gradient>;
}

export function createOracle(options: {
  readonly model: Model;
  readonly data: TrainingData;
  /** Of the numbers at which gradients are taken: those that a trainer starts from. */
  readonly seed: number;
  readonly party: string;
  readonly loss: LossOptions;
  readonly executor: Executor;
}): Oracle {
  const { model, data, seed, party, loss, executor } = options;
  const learned = createLearned(model, data.schema, { seed, party });
  const programs = new Map<number, Promise<LoadedProgram>>();
  const programFor = (size: number) => {
    const { layout, stateLayout } = learned;
    const made =
      programs.get(size) ??
      executor.load(trainProgram(model, layout, stateLayout, data.schema, size, { loss }));
    programs.set(size, made);
    return made;
  };
  return {
    gradientOf: async (rows) =>
      gradientOn({ learned, model, data, program: await programFor(rows.length) }, rows),
  };
}

interface Parts {
  readonly learned: Learned;
  readonly model: Model;
  readonly data: TrainingData;
  readonly program: LoadedProgram;
}

async function gradientOn(parts: Parts, rows: readonly number[]): Promise<Gradient> {
  const { learned, model, data, program } = parts;
  const { arena, layout, tables } = learned;
  const size = rows.length;
  const batch = createBatch(data.schema, size, arena);
  const { fill } = createFiller(data.schema);
  rows.forEach((row, at) => fill(data.train, row, batch, at));
  const indexed = indexReader(model, data.schema, arena);
  const indices = indexed.buffers(size);
  indexed.read(batch, indices);
  const lookups = tables.map((table) => {
    const lookup = createLookup(table, size * table.numEntries);
    lookUp(lookup, batch.categorical, size);
    return lookup;
  });
  const vectors = lookups.map((lookup) => {
    const out = arena.float32(lookup.rows.length * lookup.table.width);
    gather(lookup, out);
    return out;
  });
  const inputs = inputsOf(program.program, learned, batch, vectors, indices, 1);
  const masks = (model.dropout ?? []).map(({ name, size: width }) => [
    `dropout:${name}`,
    new Float32Array(size * width).fill(1),
  ]);
  const outputs = await program.run(
    given(program.program.inputs, { ...inputs, ...Object.fromEntries(masks) }),
  );
  const flat = new Float32Array(layout.size);
  for (const [name, window] of Object.entries(windows(layout, flat, "gradient:parameter")))
    window.set(outputs[name]!);
  return Object.fromEntries([
    ...layout.views.map(({ name, offset, length }) => [
      name,
      Float64Array.from(flat.subarray(offset, offset + length)),
    ]),
    ...tables.map((table, t) => {
      const { width, features } = table;
      const padding = new Set(features.map(({ offset }) => offset));
      const sums = new Float64Array(table.values.length);
      const entries = outputs[`gradient:embedding:${table.name}`]!;
      lookups[t]!.rows.forEach((row, i) => {
        if (padding.has(row)) return;
        for (let k = 0; k < width; k++) sums[row * width + k]! += entries[i * width + k]!;
      });
      return [`table:${table.name}`, sums];
    }),
  ]);
}

/** The norm of the given arrays together; default: all. */
export function normOf(gradient: Gradient, names = Object.keys(gradient)): number {
  let sum = 0;
  for (const name of names) for (const g of gradient[name]!) sum += g * g;
  return Math.sqrt(sum);
}

/** sum_u c_u g_u with c_u = min(1, bound / |g_u|), flat or array by array. */
export function clippedSum(
  gradients: readonly Gradient[],
  bound: number,
  clipping: "flat" | "per-layer" = "flat",
): Gradient {
  const names = Object.keys(gradients[0]!);
  return Object.fromEntries(
    names.map((name) => {
      const sum = new Float64Array(gradients[0]![name]!.length);
      for (const gradient of gradients) {
        const [of, most] =
          clipping === "flat" ? [names, bound] : [[name], bound / Math.sqrt(names.length)];
        const own = normOf(gradient, of);
        const factor = own <= most ? 1 : most / own;
        gradient[name]!.forEach((g, i) => (sum[i]! += factor * g));
      }
      return [name, sum];
    }),
  );
}
