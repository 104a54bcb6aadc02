import { describe, expect, test } from "vitest";
import { feddcsrSettings } from "@atoll/core/models/federated-recommenders";
import { populationOf, trainingEvents } from "@atoll/core/population";
import { streamOf } from "@atoll/core/random";
import { z } from "zod";
import {
  arraysOf,
  domainRuns,
  type DomainRun,
  type Outcome,
} from "../../../core/src/methods/baselines/domain-methods.fixture.ts";
import {
  domainLaws,
  expectsTaste,
} from "../../../core/src/methods/baselines/domain-methods.laws.ts";
import {
  feddcsrTrainer,
  type GlobalStates,
} from "../../../core/src/methods/baselines/feddcsr-trainer.ts";
import { transposed } from "../../../core/src/methods/baselines/p2fcdr-mapping.ts";
import { tasteDomains } from "../../../core/src/methods/baselines/taste-domains.fixture.ts";
import { onnxExecutor } from "../executor/index.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });
const runDomains = domainRuns(executor);
const training = { optimiser: { kind: "adam", learningRate: 0.03 } };

describe("FedDCSR", () => {
  const settings = {
    width: 8,
    blocks: 1,
    heads: 1,
    length: 5,
    usersPerStep: 27,
    negatives: 16,
    dropout: 0.1,
    annealingSteps: 2000,
  };
  const entry = { kind: "feddcsr", ...settings };
  const plain = domainLaws(runDomains, entry, {
    sent: ["shared", "states", "users"],
    rounds: 3,
    training,
  });

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
      executor,
      settings: z.strictObject(feddcsrSettings).parse(settings),
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
});

describe("P2FCDR", () => {
  const width = 8;
  const entry = { kind: "p2fcdr", width, batchSize: 100, noise: 0.05 };
  const plain = domainLaws(runDomains, entry, {
    sent: ["mapping", "states", "users"],
    rounds: 5,
    training,
  });

  test("one domain maps by the transpose of the other's mapping, and the mean of both is sent on", async () => {
    const outcome = await plain;
    const sent = arraysOf(outcome, "mapping", { kind: "update", round: 0 });
    const next = arraysOf(outcome, "mapping", { kind: "train", round: 1 });
    const [books, films] = ["books", "films"].map((client) => next[client] as Float32Array);
    expect(transposed(films!, width)).toEqual(books);
    const backwards = transposed(sent["films"] as Float32Array, width);
    books!.forEach((value, i) =>
      expect(value).toBeCloseTo((sent["books"]![i]! + backwards[i]!) / 2, 6),
    );
  });

  test("each domain receives what the other one sent, user by user", async () => {
    const outcome = await plain;
    const sent = arraysOf(outcome, "states", { kind: "update", round: 0 });
    const next = arraysOf(outcome, "states", { kind: "train", round: 1 });
    // Both have the same users, who stand in the same order.
    expect(next["books"]).toEqual(sent["films"]);
    expect(next["films"]).toEqual(sent["books"]);
  });

  test("what is sent of users carries the noise that is set", async () => {
    const where = { kind: "update", round: 0 };
    const noiseless = await runDomains({ ...entry, noise: 0 }, { rounds: 1, training });
    const exact = arraysOf(noiseless, "states", where)["books"]!;
    const noisy = arraysOf(await plain, "states", where)["books"]!;
    const deviations = Float64Array.from(exact, (value, i) => Math.abs(noisy[i]! - value));
    const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
    // |x| of a Laplace draw is exponential: mean and deviation are its scale; five standard errors of 640.
    expect(Math.abs(mean - 0.05)).toBeLessThan((5 * 0.05) / Math.sqrt(640));
  });

  test("three domains are refused", async () => {
    const [books, films] = tasteDomains();
    const splits = [books!, films!, { ...books!, client: "games" }];
    await expect(runDomains(entry, { splits })).rejects.toThrow(/has 3: books, films, games/);
  });
});

describe("models of everybody's sequences", () => {
  const sizes = { width: 8, blocks: 1, length: 10, domainLength: 5, dropout: 0, chunk: 40 };
  const shared = {
    ...sizes,
    heads: 1,
    usersPerStep: 40,
    loss: { negatives: 8 },
    validateEvery: 50,
  };
  const c2dsr = { kind: "c2dsr", ...shared };
  const triCdr = {
    kind: "tri-cdr",
    ...shared,
    hidden: [6, 4],
    coarse: { weight: 0.1 },
    pretraining: 4,
  };
  const sasrec = {
    kind: "centralised-fedcctr",
    ...shared,
    encoders: "merged",
    cdrd: { weight: 0 },
  };

  test.each([
    ["C2DSR", c2dsr, 8],
    ["Tri-CDR", triCdr, 8],
    ["SASRec of the merged sequence", sasrec, 10],
  ] as const)(
    "%s: where tastes are the same in both domains, learns what popularity cannot",
    async (_, entry, rounds) => {
      await expectsTaste(runDomains, await runDomains(entry, { rounds, training }));
    },
  );

  const lossesOf = ({ traffic }: Outcome) =>
    traffic.flatMap(({ message: { kind, stage, metadata } }) =>
      kind === "trained" ? [{ stage, loss: metadata["trainLoss"] as number }] : [],
    );

  // The graph of C2DSR is of training events.
  test.each([
    ["C2DSR", c2dsr, ["train", "train"]],
    ["Tri-CDR", { ...triCdr, pretraining: 1 }, ["pretrain", "train", "train"]],
  ] as const)(
    "%s: held-out events change no loss of training; a stopped run goes on to the same bits",
    async (_, entry, stages) => {
      const outcome = async (options: DomainRun) => {
        const of = await runDomains(entry, { ...options, training });
        return { trained: lossesOf(of), scores: of.scores };
      };
      const plain = await outcome({});
      expect(plain.trained.map(({ stage }) => stage)).toEqual(stages);
      expect(new Set(plain.trained.map(({ loss }) => loss)).size).toBe(stages.length);
      expect((await outcome({ scrambled: true })).trained).toEqual(plain.trained);
      const resumed = await outcome({ interrupted: true });
      expect(resumed.trained.at(-1)).toEqual(plain.trained.at(-1));
      expect(resumed.scores).toEqual(plain.scores);
    },
  );

  test("Tri-CDR starts from encoders that have learned by themselves", async () => {
    const first = async (pretraining: number) => {
      const outcome = await runDomains({ ...triCdr, pretraining }, { rounds: 1, training });
      return lossesOf(outcome).find(({ stage }) => stage === "train")!.loss;
    };
    expect(await first(4)).toBeLessThan((await first(0)) - 0.2);
  });
});
