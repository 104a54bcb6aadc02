import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { encodeMessage } from "../../federation/index.ts";
import { measure } from "../../metrics/index.ts";
import { feddcsrSettings } from "../../models/federated-recommenders/index.ts";
import { populationOf, trainingEvents } from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { methodConfig, methods, resolveMethod, type MethodKind } from "../registry.ts";
import { emptyContext, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import type { MethodDefinition, MethodSettings } from "../types.ts";
import { feddcsrTrainer, type GlobalStates } from "./feddcsr-trainer.ts";
import { meanStates, userNumber } from "./feddcsr-users.ts";
import { tasteDomains } from "./taste-domains.fixture.ts";

const settings = (rounds: number): MethodSettings =>
  settingsOf({
    training: trainingConfig.parse({
      optimiser: { kind: "adam", learningRate: 0.01 },
      select: "last",
    }),
    federation: {
      rounds,
      localEpochs: 1,
      clientsPerRound: "all",
      cohort: "fixed",
      shared: [],
      federatedEmbeddings: "mean",
    },
    selectBy: "ndcg@5",
    metrics: ["ndcg@5"],
  });

const settingsOfModel = {
  width: 8,
  blocks: 1,
  heads: 1,
  length: 5,
  usersPerStep: 32,
  negatives: 16,
  dropout: 0.1,
  annealingSteps: 2000,
};
const entry = { kind: "feddcsr", ...settingsOfModel };

interface Options {
  readonly rounds?: number;
  readonly own?: Readonly<Record<string, unknown>>;
  readonly splits?: ReturnType<typeof tasteDomains>;
  readonly interrupted?: boolean;
}

async function run({ rounds = 2, own = entry, splits, interrupted }: Options = {}) {
  const contexts = (splits ?? tasteDomains()).map((split) => emptyContext(split));
  const resolved = resolveMethod(methodConfig.parse(own));
  const definition = methods[resolved.kind as MethodKind] as unknown as MethodDefinition<{
    readonly kind: string;
  }>;
  const stages = () => definition.stages(resolved, settings(rounds));
  const outcome = await runInMarkets(stages, contexts, interrupted);
  const quality = outcome.scores.map((scores, c) => {
    const { test: examples, numUsers } = contexts[c]!.memory.data!.parts[0]!;
    const measured = measure(["ndcg@5"], { examples, scores, numUsers }, { ties: "pessimistic" });
    const value = measured["ndcg@5"]!;
    return value.kind === "undefined" ? NaN : value.value;
  });
  return { ...outcome, quality };
}

const plain = run();

test("where tastes decide what comes next, learns what popularity cannot", async () => {
  const popular = (await run({ own: { kind: "popularity" } })).quality;
  const learned = (await run({ rounds: 10 })).quality;
  learned.forEach((value, c) => expect(value).toBeGreaterThan(popular[c]! + 0.2));
});

test("sends shared parameters, hashes and one vector by user, and no id", async () => {
  const { traffic } = await plain;
  const ups = traffic.filter(({ direction }) => direction === "up");
  for (const { message } of ups)
    expect(Object.keys(message.arrays).toSorted()).toEqual(
      message.kind === "update" ? ["shared", "states", "users"] : [],
    );
  const { arrays } = ups[0]!.message;
  expect(arrays["states"]!.shape).toEqual([80, 8]);
  const numbers = arrays["users"]!.data;
  expect([...numbers]).toEqual([...numbers].toSorted((a, b) => a - b));
  expect(new Set(numbers)).toEqual(
    new Set(Array.from({ length: 80 }, (_, u) => userNumber(`person-${u}`))),
  );
  for (const { bytes } of traffic)
    expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/person|thing/);
});

test("the server sends back means: of encoders by sequences, of states by user", async () => {
  const { traffic } = await plain;
  const of = (direction: string, round: number, kind: string, array: string) =>
    traffic
      .filter((sent) => sent.direction === direction && sent.message.round === round)
      .filter(({ message }) => message.kind === kind)
      .map(({ message }) => message.arrays[array]!.data as Float32Array);
  for (const array of ["shared", "states"]) {
    const [a, b] = of("up", 0, "update", array) as [Float32Array, Float32Array];
    for (const sent of of("down", 1, "train", array))
      sent.forEach((value, i) => expect(value).toBeCloseTo((a[i]! + b[i]!) / 2, 6));
  }
  const [first, second] = of("down", 0, "train", "shared");
  expect(first).toEqual(second);
});

test("held-out events change nothing that is sent but validation values", async () => {
  const other = await run({ splits: tasteDomains({ scrambled: true }) });
  const arraysOf = ({ traffic }: typeof other) =>
    traffic
      .filter(({ message }) => message.stage === "train")
      .map(({ client, message }) => [client, message.kind, message.arrays])
      .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  expect(arraysOf(other)).toEqual(arraysOf(await plain));
});

test("a run that was stopped after a round goes on to the same bits", async () => {
  const broken = await run({ interrupted: true });
  const whole = await plain;
  const last = ({ traffic }: typeof whole) =>
    traffic
      .filter(({ message }) => message.kind === "finished" || message.round === 1)
      .map(({ client, message }) => `${client} ${Buffer.from(encodeMessage(message)).toString("hex")}`)
      .toSorted();
  expect(last(broken)).toEqual(last(whole));
  expect(broken.scores).toEqual(whole.scores);
});

test("what the server says of users teaches, and of those it does not know it teaches nothing", async () => {
  const population = populationOf([tasteDomains()[0]!]);
  const trainedWith = async (global: GlobalStates | undefined) => {
    const trainer = await feddcsrTrainer({
      name: "books",
      seed: 1,
      executor: jaxExecutor(),
      settings: z.strictObject(feddcsrSettings).parse(settingsOfModel),
      optimiser: { kind: "sgd", learningRate: 0.1, weightDecay: 0 },
      numItems: population.itemIds.length,
      events: trainingEvents(population),
    });
    await trainer.pass({ random: streamOf(1), global });
    await trainer.close();
    return trainer.values.slice(0, trainer.sharedSize);
  };
  const said = (known: number) => ({
    states: new Float32Array(80 * entry.width).fill(1),
    known: new Uint8Array(80).fill(known),
  });
  const without = await trainedWith(undefined);
  expect(await trainedWith(said(0))).toEqual(without);
  expect(await trainedWith(said(1))).not.toEqual(without);
});

test("means of states are weighted, by user, over the domains that know the user", () => {
  const domain = (client: string, weight: number, numbers: number[], states: number[]) => ({
    client,
    weight,
    numbers: Float64Array.from(numbers),
    states: Float32Array.from(states),
  });
  const means = meanStates(
    [
      domain("a", 3, [10, 20], [1, 2, 3, 4]),
      domain("b", 1, [20, 30], [7, 8, 5, 6]),
      domain("c", 0, [40], [9, 9]),
    ],
    2,
  );
  expect([...means.get("a")!]).toEqual([1, 2, 4, 5]);
  expect([...means.get("b")!]).toEqual([4, 5, 5, 6]);
  expect([...means.get("c")!]).toEqual([0, 0]);
});

test("numbers of users are whole, of 48 bits, and follow from the id alone", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (id, other) => {
      const number = userNumber(id);
      expect(Number.isInteger(number) && number >= 0 && number < 2 ** 48).toBe(true);
      expect(userNumber(other) === number).toBe(other === id);
    }),
  );
  // The head of SHA-256("abc"), FIPS 180-2, appendix B.1: ba7816bf 8f01.
  expect(userNumber("abc")).toBe(0xba7816bf8f01);
});
