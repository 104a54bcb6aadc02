import { expect, test } from "vitest";
import { z } from "zod";
import { feddcsrSettings } from "../../models/federated-recommenders/index.ts";
import { populationOf, trainingEvents } from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import { arraysOf } from "./domain-methods.fixture.ts";
import { domainLaws } from "./domain-methods.laws.ts";
import { feddcsrTrainer, type GlobalStates } from "./feddcsr-trainer.ts";
import { tasteDomains } from "./taste-domains.fixture.ts";

const settingsOfModel = {
  width: 8,
  blocks: 1,
  heads: 1,
  length: 5,
  usersPerStep: 16,
  negatives: 16,
  dropout: 0.1,
  annealingSteps: 2000,
};
const entry = { kind: "feddcsr", ...settingsOfModel };

const plain = domainLaws(entry, { sent: ["shared", "states", "users"], rounds: 4 });

test("the server sends back means: of encoders by sequences, of states by user", async () => {
  const outcome = await plain;
  for (const array of ["shared", "states"]) {
    const { books, films } = arraysOf(outcome, array, { kind: "update", round: 0 });
    for (const sent of Object.values(arraysOf(outcome, array, { kind: "train", round: 1 })))
      for (let i = 0; i < sent.length; i++)
        expect(sent[i]).toBeCloseTo((books![i]! + films![i]!) / 2, 6);
  }
  const first = arraysOf(outcome, "shared", { kind: "train", round: 0 });
  expect(first["books"]).toEqual(first["films"]);
});

test("what the server says of users teaches, and of those it does not know it teaches nothing", async () => {
  const population = populationOf([tasteDomains()[0]!]);
  const trainer = await feddcsrTrainer({
    name: "books",
    seed: 1,
    executor: jaxExecutor(),
    settings: z.strictObject(feddcsrSettings).parse(settingsOfModel),
    optimiser: { kind: "sgd", learningRate: 0.1, weightDecay: 0 },
    numItems: population.itemIds.length,
    events: trainingEvents(population),
  });
  const first = trainer.values.slice();
  const trainedWith = async (global: GlobalStates | undefined) => {
    trainer.values.set(first);
    trainer.memory.step = 0;
    await trainer.pass({ random: streamOf(1), global });
    return trainer.values.slice(0, trainer.sharedSize);
  };
  const said = (known: number) => ({
    states: new Float32Array(80 * entry.width).fill(1),
    known: new Uint8Array(80).fill(known),
  });
  const without = await trainedWith(undefined);
  expect(await trainedWith(said(0))).toEqual(without);
  expect(await trainedWith(said(1))).not.toEqual(without);
  await trainer.close();
});
