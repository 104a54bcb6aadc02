import { expect } from "vitest";
import { createArena } from "../../kernels/index.ts";
import {
  crossDomainLayout,
  idstCl,
  type ChunkSizes,
  type CrossDomainLoss,
  type IdstClSettings,
} from "../../models/cross-domain/index.ts";
import { populationOf, populationParts, trainingEvents } from "../../population/index.ts";
import { domainOfRows, type Row } from "../../population/tables.fixture.ts";
import { streamOf, uniform } from "../../random/index.ts";
import { requestReader, recencyOf, itemTimes } from "../../request/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { addClipped, populationGradients } from "./gradients.ts";
import { codeRows, itemTableRows } from "./item-rows.ts";
import { createLearnedVector, initialVector } from "./learned-vector.ts";
import { populationScorer } from "./score.ts";
import { chunkSizesOf } from "./sizes.ts";
import type { PopulationGradients, UsersSum } from "./types.ts";

const WIDTH = 4;
const CODES = { levels: 2, size: 3 };

/** Users of two domains of five items: in both, in one alone, with one event, with none, and one with all. */
function people(last: "train" | "valid") {
  const items = (domain: number) =>
    Array.from({ length: 5 }, (_, i): Row => ["all", `${domain}${i}`, i / 9, "train"]);
  const food: Row[] = [
    ...items(0),
    ["ann", "03", 3, last],
    ["dan", "00", 1, "train"],
    ["dan", "02", 3, last],
    ["bob", "01", 1, "train"],
    ["bob", "02", 2, "train"],
    ["bob", "04", 3, "train"],
    ["eve", "00", 4, "valid"],
    ["eve", "01", 5, "test"],
  ];
  const kitchen: Row[] = [
    ...items(1),
    ["ann", "12", 1, "train"],
    ["cem", "10", 2, "train"],
    ["eve", "11", 6, "valid"],
    ["eve", "12", 7, "test"],
  ];
  const splits = [domainOfRows("food", food, 9), domainOfRows("kitchen", kitchen, 9)];
  return { splits, population: populationOf(splits) };
}

interface WorldOptions {
  readonly users?: number;
  readonly length?: number;
  readonly domainLength?: number;
  readonly head?: IdstClSettings["head"];
  readonly loss?: CrossDomainLoss;
  readonly table?: "items" | "codes";
  readonly publicWidth?: number;
  readonly profileWidth?: number;
  readonly request?: boolean;
  readonly last?: "train" | "valid";
  readonly dropout?: number;
}

export function worldOf(executor: Executor, options: WorldOptions = {}) {
  const { users = 3, head = "product", loss = "sampled-softmax", table = "items" } = options;
  const { length = 4, domainLength = 3 } = options;
  const {
    publicWidth = 0,
    profileWidth = 0,
    request = false,
    last = "train",
    dropout = 0.3,
  } = options;
  const { population, splits } = people(last);
  const events = trainingEvents(population);
  const { itemStarts } = population;
  const items = itemStarts.at(-1)!;
  const sizes: ChunkSizes = chunkSizesOf({
    users,
    domains: 2,
    length,
    domainLength,
    // As many as there are: nothing is left to chance.
    negatives: 5,
    width: WIDTH,
    publicWidth,
    learnedRows: true,
    profileWidth,
    requestNumbers: request ? 1 : 0,
    liked: 0,
  });
  const model = idstCl({
    encoders: "triple",
    blocks: 1,
    heads: 1,
    dropout,
    head,
    idra: { weight: 0, margin: 0 },
    cdrd: { weight: last === "train" ? 0.5 : 0, temperature: 0.2 },
  });
  const arena = createArena();
  const layout = crossDomainLayout(model, sizes);
  const rows = table === "items" ? items : CODES.levels * CODES.size;
  const learned = createLearnedVector(layout, [{ name: table, rows, width: WIDTH }], arena);
  learned.values.set(initialVector(learned, 5));
  // Far from where training starts, so that everything matters.
  const noise = streamOf(6);
  for (let i = 0; i < learned.size; i++) learned.values[i]! += 0.6 * (uniform(noise) - 0.5);
  const codes = Int32Array.from({ length: items * CODES.levels }, (_, i) => (i * 7) % 3);
  const publicVectors = Float32Array.from({ length: items * publicWidth }, (_, i) => Math.sin(i));
  // Dan has none, nor has Ann in the second domain.
  const profiles = Float32Array.from(
    { length: 2 * profileWidth * population.userIds.length },
    (_, i) => {
      const id = population.userIds[Math.floor(i / (2 * profileWidth))]!;
      const isSecond = i % (2 * profileWidth) >= profileWidth;
      return id === "dan" || (id === "ann" && isSecond) ? 0 : Math.cos(i);
    },
  );
  const reader = requestReader({
    recency: recencyOf(itemTimes(items, events), { windowsDays: [2], windowWeights: [1] }),
    decay: 1,
  });
  const shared = {
    model,
    sizes,
    learned,
    rows: table === "items" ? itemTableRows(learned) : codeRows(learned, { codes, ...CODES }),
    publicVectors: publicWidth > 0 ? publicVectors : undefined,
    profiles: profileWidth > 0 ? profiles : undefined,
    executor,
  };
  const weights = Float32Array.of(1.5, 0.5);
  const openGradients = () =>
    populationGradients({
      ...shared,
      loss,
      request: request ? "fixed" : "none",
      requestWeights: request ? weights : undefined,
      reader,
      itemStarts,
      events,
    });
  const openScorer = () =>
    populationScorer({
      ...shared,
      population,
      request: request ? { reader, weights } : undefined,
    });
  const user = (id: string) => population.userIds.indexOf(id);
  const everybody = Int32Array.from(population.userIds, (_, i) => i);
  return { splits, events, learned, openGradients, openScorer, user, everybody };
}

export async function sumOf(
  gradients: PopulationGradients,
  users: Int32Array,
  options: { readonly bound?: number; readonly dropout?: boolean } = {},
): Promise<{ readonly sum: Float64Array; readonly of: UsersSum }> {
  const sum = new Float64Array(gradients.learned.size);
  const of = await gradients.add(users, sum, {
    streamOf: (user) => streamOf(3, "user", user),
    ...options,
  });
  return { sum, of };
}

export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** Who shares a chunk with whom, and in which order, changes sums by rounding alone; nobody is lost. */
export async function chunksDoNotMatter(executor: Executor): Promise<void> {
  const { openGradients, everybody } = worldOf(executor);
  const gradients = await openGradients();
  const alone = await worldOf(executor, { users: 1 }).openGradients();
  const together = await sumOf(gradients, everybody);
  expect(together.of.users).toBe(4);
  for (const users of [everybody, everybody.toReversed()]) {
    const one = await sumOf(alone, users);
    expect(one.of.users).toBe(4);
    expect(one.of.rows).toBe(together.of.rows);
    expect(one.of.loss).toBeCloseTo(together.of.loss, 4);
    expect(one.of.terms["cdrd"]).toBeCloseTo(together.of.terms["cdrd"]!, 4);
    expect(furthest(one.sum, together.sum)).toBeLessThan(1e-5);
  }
  // The same again, bit for bit.
  expect((await sumOf(gradients, everybody)).sum).toEqual(together.sum);
  await gradients.close();
  await alone.close();
}

/**
 * Users with few events go through a shorter program alone, and through the full one with somebody who has many:
 * masks, states and gradients are the same.
 */
export async function lengthsDoNotMatter(executor: Executor): Promise<void> {
  const sizes = { length: 12, domainLength: 6 };
  const { openGradients, everybody, user } = worldOf(executor, { ...sizes, users: 6 });
  const together = await openGradients();
  const apart = await worldOf(executor, { ...sizes, users: 1 }).openGradients();
  for (const bound of [undefined, 0.7]) {
    const options = bound === undefined ? {} : { bound };
    const full = await sumOf(together, everybody, options);
    const own = await sumOf(apart, everybody, options);
    expect(own.of).toMatchObject({ users: full.of.users, rows: full.of.rows });
    expect(own.of.loss).toBeCloseTo(full.of.loss, 4);
    expect(furthest(own.of.norms, full.of.norms)).toBeLessThan(1e-4);
    expect(furthest(own.sum, full.sum)).toBeLessThan(1e-5);
  }
  // Without dropout it is somebody else's gradient that all this is held against.
  const one = Int32Array.of(user("bob"));
  const dropped = await sumOf(apart, one);
  expect(furthest(dropped.sum, (await sumOf(apart, one, { dropout: false })).sum)).toBeGreaterThan(
    1e-3,
  );
  await together.close();
  await apart.close();
}

/** Sums are derivatives of the summed loss: central differences along directions near the gradient. */
export async function gradientsAreDerivatives(
  executor: Executor,
  options: WorldOptions,
): Promise<void> {
  const { openGradients, learned, everybody } = worldOf(executor, options);
  const gradients = await openGradients();
  const { sum } = await sumOf(gradients, everybody, { dropout: false });
  const at = learned.values.slice();
  const length = (vector: Float64Array) =>
    Math.sqrt(vector.reduce((all, one) => all + one * one, 0));
  const step = 0.001;
  for (let direction = 0; direction < 3; direction++) {
    const random = streamOf(direction, "direction");
    const other = sum.map(() => uniform(random) - 0.5);
    const along = sum.map((g, i) => g / length(sum) + other[i]! / length(other));
    const lossAt = async (far: number) => {
      for (let i = 0; i < at.length; i++)
        learned.values[i] = at[i]! + (far * along[i]!) / length(along);
      return (await sumOf(gradients, everybody, { dropout: false })).of.loss;
    };
    const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    const expected = along.reduce((all, one, i) => all + one * sum[i]!, 0) / length(along);
    expect(slope / expected).toBeCloseTo(1, 2);
  }
  await gradients.close();
}

/** With a bound every user's gradient is scaled by itself, also where items share rows. */
export async function clipsUserByUser(executor: Executor, options: WorldOptions): Promise<void> {
  const { openGradients, everybody, user } = worldOf(executor, options);
  const gradients = await openGradients();
  const bound = 0.7;
  const clipped = await sumOf(gradients, everybody, { bound });
  const expected = new Float64Array(gradients.learned.size);
  const norms: number[] = [];
  for (const one of everybody) {
    const { sum, of } = await sumOf(gradients, Int32Array.of(one));
    if (of.users > 0) norms.push(addClipped(sum, bound, expected));
  }
  expect(norms).toHaveLength(4);
  expect(Math.min(...norms)).toBeGreaterThan(bound);
  expect(furthest(clipped.of.norms, norms)).toBeLessThan(1e-4);
  expect(furthest(clipped.sum, expected)).toBeLessThan(1e-5);
  const wide = await sumOf(gradients, everybody, { bound: 1e6 });
  expect(furthest(wide.sum, (await sumOf(gradients, everybody)).sum)).toBeLessThan(1e-5);
  const nobody = await sumOf(gradients, Int32Array.of(user("cem")), { bound });
  expect(nobody.of).toMatchObject({ users: 0, loss: 0 });
  expect(nobody.sum.every((value) => value === 0)).toBe(true);
  await gradients.close();
}

/**
 * What scoring says of a request is what training learned from: the loss of a user's only target, with all
 * other items as negatives, from the logits of that request.
 */
export async function scoresAreTrainingLogits(
  executor: Executor,
  options: WorldOptions,
): Promise<void> {
  const training = worldOf(executor, { ...options, dropout: 0, last: "train" });
  const scoring = worldOf(executor, { ...options, dropout: 0, last: "valid" });
  scoring.learned.values.set(training.learned.values);
  const [gradients, scorer] = [await training.openGradients(), await scoring.openScorer()];
  const valid = populationParts(scoring.splits)[0]!.valid.examples();
  const all = await scorer.score(valid, "food");
  // Their latest event is a training target in one world, and a validation request in the other.
  for (const [list, id] of ["ann", "dan"].entries()) {
    const { loss, terms } = (await sumOf(gradients, Int32Array.of(training.user(id)))).of;
    const [z, ...negatives] = all.filter((_, row) => valid.list![row] === list);
    expect(negatives).toHaveLength(id === "ann" ? 4 : 3);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    const lossOf =
      options.loss === "bce"
        ? Math.log1p(Math.exp(-z!)) +
          sum(negatives.map((one) => Math.log1p(Math.exp(one)))) / negatives.length
        : Math.log(sum([z!, ...negatives].map(Math.exp))) - z!;
    expect(loss - terms["cdrd"]!).toBeCloseTo(lossOf, 4);
  }
  await scorer.close();
  await gradients.close();
}
