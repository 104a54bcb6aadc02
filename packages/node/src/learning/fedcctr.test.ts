import { describe, expect, test } from "vitest";
import { privacyConfig } from "@atoll/core/privacy";
import { streamOf } from "@atoll/core/random";
import { clientsOf } from "../../../core/src/methods/fedcctr/clients.ts";
import { centralisedFedcctr } from "../../../core/src/methods/fedcctr/centralised-fedcctr.ts";
import {
  fedcctrConfig,
  stepAtHome,
  withAugmentation,
} from "../../../core/src/methods/fedcctr/config.ts";
import { readDomains } from "../../../core/src/methods/fedcctr/diagnostics/index.ts";
import { fedcctr } from "../../../core/src/methods/fedcctr/fedcctr.ts";
import { minibatchesOf } from "../../../core/src/methods/fedcctr/minibatches.ts";
import { oneEncoder } from "../../../core/src/methods/fedcctr/one-encoder.fixture.ts";
import {
  contextsOf,
  ITEMS,
  ofKind,
  peopleInOrder,
  settingsFor,
  small,
  withAllItems,
  type RunOutcome,
} from "../../../core/src/methods/fedcctr/people.fixture.ts";
import {
  populationRuns,
  reciprocalRank,
  type PopulationRun,
} from "../../../core/src/methods/fedcctr/population-runs.fixture.ts";
import { idstClConfig, populationModel } from "../../../core/src/methods/fedcctr/settings.ts";
import { openWorld } from "../../../core/src/methods/fedcctr/world.ts";
import { initialVector } from "../../../core/src/training/population/index.ts";
import { onnxExecutor } from "../executor/index.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });

const run = populationRuns(executor);

const federated = (own: Readonly<Record<string, unknown>> = {}, options: PopulationRun = {}) =>
  run(fedcctr, { kind: "fedcctr", ...small, sampling: 1, ...own }, options);

const centralised = (own: Readonly<Record<string, unknown>> = {}, options: PopulationRun = {}) =>
  run(
    centralisedFedcctr,
    { kind: "centralised-fedcctr", ...small, usersPerStep: 5, ...own },
    { parties: ["c"], ...options },
  );

/** The final model. */
const modelOf = (outcome: RunOutcome) =>
  Object.fromEntries(
    Object.entries(ofKind(outcome, "finish")[0]!.arrays).map(([name, { data }]) => [name, data]),
  );

const numbersOf = (outcome: RunOutcome, name: string) =>
  ofKind(outcome, "update").map(({ metadata }) => metadata[name] as number);

describe("fedcctr", () => {
  const server = { kind: "sgd", learningRate: 0.5, momentum: 0 };

  test("trains on one domain, which nothing has to be kept apart from", async () => {
    const [food] = peopleInOrder(12);
    const losses = numbersOf(await federated({ server }, { splits: [food!] }), "trainLoss");
    expect(losses).toHaveLength(3);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  });

  test("without a promise is FedSGD over all users, bit for bit", async () => {
    const outcome = await federated({ server });
    const entry = fedcctrConfig.parse({ kind: "fedcctr", ...small });
    const config = withAugmentation(entry, settingsFor());
    const [context] = contextsOf({ splits: peopleInOrder(12), executor });
    const method = populationModel(idstClConfig(config));
    const world = await openWorld(context!, settingsFor(), config, { method });
    const { learned, gradients, population } = world;
    const { values } = learned;
    values.set(initialVector(learned, 1));
    const users = Int32Array.from(population.userIds, (_, user) => user);
    for (let round = 0; round < 3; round++) {
      const sum = new Float64Array(values.length);
      await gradients.add(users, sum, { streamOf: (user) => streamOf(1, round, "user", user) });
      for (let i = 0; i < values.length; i++)
        values[i] = values[i]! - 0.5 * (Math.fround(sum[i]!) / users.length);
    }
    const { dense, items } = modelOf(outcome);
    expect(Buffer.concat([bytesOf(dense!), bytesOf(items!)]).equals(bytesOf(values))).toBe(true);
    // It did move.
    expect(values).not.toEqual(initialVector(learned, 1));
    await world.close();
  });

  test("a promise without noise and without a bound changes no bit", async () => {
    const plain = await federated({ server });
    const privacy = privacyConfig.parse({
      kind: "local",
      noiseMultiplier: 0,
      clipNorm: "infinity",
      leastNoise: 0,
    });
    const promised = await federated({ server }, { settings: settingsFor({ privacy }) });
    expect(modelOf(promised)).toEqual(modelOf(plain));
    expect(promised.scores).toEqual(plain.scores);
  });

  test("says nothing that rows decide under a promise, and clips and adds noise", async () => {
    const privacy = privacyConfig.parse({ kind: "central", noiseMultiplier: 1, clipNorm: 0.5 });
    const outcome = await federated({ server }, { settings: settingsFor({ privacy }) });
    const told = ofKind(outcome, "update").map(({ metadata }) => Object.keys(metadata).toSorted());
    expect(told).toHaveLength(3);
    for (const keys of told) expect(keys).toEqual(["clientDown", "clientUp", "retired"]);
    for (const { arrays } of ofKind(outcome, "update")) {
      let squares = 0;
      for (const { data } of Object.values(arrays))
        for (const value of data) squares += value * value;
      // Thirteen users, of whom each adds at most 0.5.
      expect(Math.sqrt(squares)).toBeLessThan(13 * 0.5);
      expect(Math.sqrt(squares)).toBeGreaterThan(0);
    }
    expect(modelOf(outcome)).not.toEqual(modelOf(await federated({ server })));
  });

  test("who takes part does not depend on how many parties simulate", async () => {
    const own = { ...oneEncoder, sampling: 0.5, server };
    const one = await federated(own);
    const two = await federated({ ...own, shards: 2 }, { parties: ["m-1", "m-2"] });
    const clients = numbersOf(one, "clients");
    const halves = numbersOf(two, "clients");
    expect(clients.every((count) => count > 0 && count < 13)).toBe(true);
    expect([0, 1, 2].map((round) => halves[2 * round]! + halves[2 * round + 1]!)).toEqual(clients);
    const [a, b] = [modelOf(one), modelOf(two)];
    for (const name of ["dense", "items"])
      a[name]!.forEach((value, i) => expect(Math.abs(value - b[name]![i]!)).toBeLessThan(1e-5));
    // The first party alone evaluates.
    expect(two.contexts.map(({ memory }) => memory.data!.parts.length)).toEqual([2, 0]);
    expect(Object.keys(two.scores)).toEqual(["food", "kitchen"]);
  });

  test("goes on from any round to the same bits", async () => {
    const options = { settings: settingsFor({ rounds: 3, select: "best" }) };
    const own = { ...oneEncoder, request: { recency: 1 } };
    const whole = await federated(own, options);
    // Enrolment and counts take a round each; training three, the end one.
    for (const stops of [1, 3, 4, 6]) {
      const resumed = await federated(own, { ...options, stops });
      expect(resumed.scores, `after ${stops}`).toEqual(whole.scores);
      expect(modelOf(resumed)).toEqual(modelOf(whole));
    }
  });

  test("no held-out event reaches what is learned", async () => {
    const own = {
      request: { recency: 1, text: 1, training: "learned" },
      items: { vectors: "public-and-learned", dimensions: 3 },
    };
    const plain = await federated(own);
    const scrambled = await federated(own, { scrambled: true });
    expect(modelOf(scrambled)).toEqual(modelOf(plain));
    expect(scrambled.scores).not.toEqual(plain.scores);
  });

  test("clients may be cohorts or silos, whose update is a mean over users", async () => {
    const cohorts = await federated({ ...oneEncoder, clients: { cohort: 4 } });
    expect(numbersOf(cohorts, "clients")).toEqual([4, 4, 4]);
    // One of the thirteen has a single training event.
    expect(numbersOf(cohorts, "users")).toEqual([12, 12, 12]);
    const silos = await federated({ ...oneEncoder, clients: "silo", usersPerStep: "all" });
    expect(numbersOf(silos, "clients")).toEqual([2, 2, 2]);
    const moved = (outcome: RunOutcome) => {
      const [from, to] = ofKind(outcome, "train").map(({ arrays }) => arrays["dense"]!.data);
      return Array.from(to!, (value, i) => value - from![i]!);
    };
    const one = moved(await federated({ ...oneEncoder, clients: { cohort: 13 }, server }));
    const users = moved(await federated({ ...oneEncoder, server }));
    const largest = Math.max(...one.map(Math.abs));
    one.forEach((value, i) =>
      expect(Math.abs(value * 12 - users[i]! * 13)).toBeLessThan(1e-4 * largest),
    );
  });

  describe("clients that make passes of their own", () => {
    const training = { ...settingsFor().training, optimiser: { ...adam, learningRate: 0.01 } };
    const atHome = { ...oneEncoder, usersPerStep: 5 };

    test("one that holds everybody is the centralised training of a round, bit for bit", async () => {
      const settings = settingsFor({ rounds: 1, training });
      const outcome = await federated({ ...atHome, clients: { cohort: 13 } }, { settings });
      const entry = fedcctrConfig.parse({ kind: "fedcctr", ...small, ...atHome, clients: "silo" });
      const config = withAugmentation(entry, settings);
      const [context] = contextsOf({ splits: peopleInOrder(12), executor });
      const method = populationModel(idstClConfig(config));
      const world = await openWorld(context!, settings, config, { method });
      const { values } = world.learned;
      values.set(initialVector(world.learned, 1));
      const first = values.slice();
      const { clients } = ofKind(outcome, "update")[0]!.metadata;
      expect(clients).toBe(1);
      const users = clientsOf(context!, { clients: { cohort: 13 }, shards: 1 }).usersOf(0);
      await minibatchesOf(context!, settings, { usersPerStep: 5 }, world).train(users, {
        round: 0,
        streamOf: (...path) => streamOf(1, 0, "client", 0, ...path),
      });
      const changed = first.map((value, i) => Math.fround(value - Math.fround(value - values[i]!)));
      const { dense, items } = modelOf(outcome);
      expect(Buffer.concat([bytesOf(dense!), bytesOf(items!)]).equals(bytesOf(changed))).toBe(true);
      expect(values).not.toEqual(first);
      await world.close();
    });

    test("the model moves by the mean of what they changed: twice the rate, twice the way", async () => {
      const settings = settingsFor({ rounds: 1, training });
      const movedBy = async (own: Readonly<Record<string, unknown>>) => {
        const outcome = await federated({ ...atHome, clients: "silo", ...own }, { settings });
        const [from] = ofKind(outcome, "train");
        const to = modelOf(outcome)["items"]!;
        return Array.from(to, (value, i) => value - from!.arrays["items"]!.data[i]!);
      };
      const mean = await movedBy({});
      const sum = await movedBy({ server: { ...server, learningRate: 2 } });
      expect(mean.some((value) => value !== 0)).toBe(true);
      mean.forEach((value, i) => expect(sum[i]).toBeCloseTo(2 * value, 6));
    });

    test("an epoch more moves it further; a stopped run goes on to the same bits", async () => {
      const settings = (localEpochs: number) => ({
        ...settingsFor({ rounds: 3, training }),
        federation: { ...settingsFor({ rounds: 3 }).federation, localEpochs },
      });
      const own = { ...atHome, clients: "silo" };
      const losses = async (localEpochs: number) =>
        numbersOf(await federated(own, { settings: settings(localEpochs) }), "trainLoss");
      const [one, three] = [await losses(1), await losses(3)];
      expect(three.at(-1)!).toBeLessThan(one.at(-1)!);
      const whole = await federated(own, { settings: settings(1) });
      for (const stops of [2, 3]) {
        const resumed = await federated(own, { settings: settings(1), stops });
        expect(modelOf(resumed)).toEqual(modelOf(whole));
      }
    });

    test("what a client changed is clipped as a whole", async () => {
      const privacy = privacyConfig.parse({ kind: "central", noiseMultiplier: 0, clipNorm: 0.05 });
      const settings = settingsFor({
        rounds: 1,
        privacy,
        training: { ...training, select: "last" },
      });
      const outcome = await federated({ ...atHome, clients: { cohort: 13 } }, { settings });
      const sums = Object.values(ofKind(outcome, "update")[0]!.arrays);
      const squares = sums
        .flatMap(({ data }) => [...data])
        .reduce((sum, one) => sum + one * one, 0);
      expect(Math.sqrt(squares)).toBeLessThanOrEqual(0.05);
      expect(Math.sqrt(squares)).toBeGreaterThan(0.0499);
    });

    test("by default silos make them and cohorts do not", () => {
      const passes = (own: Readonly<Record<string, unknown>>) =>
        stepAtHome(fedcctrConfig.parse({ kind: "fedcctr", ...own }));
      expect(passes({})).toBe(undefined);
      expect(passes({ clients: { cohort: 8 } })).toBe(undefined);
      expect(passes({ clients: { cohort: 8 }, usersPerStep: 4 })).toBe(4);
      expect(passes({ clients: "silo" })).toBe(128);
      expect(passes({ clients: "silo", usersPerStep: "all" })).toBe(undefined);
    });

    test("a single user makes none", () => {
      const entry = fedcctrConfig.parse({ kind: "fedcctr", ...small, usersPerStep: 5 });
      const config = withAugmentation(entry, settingsFor());
      expect(() => fedcctr.stages(config, settingsFor())).toThrow(
        "usersPerStep is 5, but a client is one user",
      );
    });
  });

  test("a client's update is clipped as a whole", async () => {
    const settings = settingsFor({
      rounds: 1,
      privacy: privacyConfig.parse({ kind: "central", noiseMultiplier: 0, clipNorm: 0.25 }),
    });
    const outcome = await federated({ ...oneEncoder, clients: { cohort: 13 } }, { settings });
    const sums = Object.values(ofKind(outcome, "update")[0]!.arrays);
    const squares = sums.flatMap(({ data }) => [...data]).reduce((sum, one) => sum + one * one, 0);
    expect(Math.sqrt(squares)).toBeLessThanOrEqual(0.25);
    expect(Math.sqrt(squares)).toBeGreaterThan(0.249);
  });

  test("what travels: everything, without a table of items, or with one of codes", async () => {
    const sizes = async (own: Readonly<Record<string, unknown>>) => {
      const outcome = await federated({ ...oneEncoder, ...own, server });
      const [update] = ofKind(outcome, "update");
      const { arrays, metadata } = update!;
      const bytes = Object.values(arrays).reduce((sum, { data }) => sum + data.byteLength, 0);
      expect(metadata["clientDown"]).toBe(bytes);
      return {
        shapes: Object.fromEntries(
          Object.entries(arrays).flatMap(([name, { shape }]) =>
            name === "dense" ? [] : [[name, shape]],
          ),
        ),
        up: (metadata["clientUp"] as number) / bytes,
      };
    };
    expect(await sizes({})).toEqual({ shapes: { items: [2 * ITEMS, 8] }, up: 1 });
    const publicItems = { vectors: "public", dimensions: 3 };
    const encoders = { federate: "encoders", items: publicItems };
    expect(await sizes(encoders)).toEqual({ shapes: {}, up: 1 });
    const codes = { levels: 2, size: 3 };
    const coded = { ...publicItems, vectors: "public-and-learned", codes };
    expect(await sizes({ federate: "encoders-and-codes", items: coded })).toEqual({
      shapes: { codes: [6, 8] },
      up: 1,
    });
    expect((await sizes({ upload: "sparse" })).up).toBeLessThan(1);
    expect((await sizes({ upload: "sparse", clients: "silo" })).up).toBe(1);
  });

  test.each([
    [{ federate: "encoders" }, "federate is encoders, but items.vectors is learned"],
    [
      { federate: "encoders-and-codes", items: { vectors: "public" } },
      "federate is encoders-and-codes, but items.vectors is public",
    ],
  ])("what would be learned at home alone is refused: %j", (own, message) => {
    const entry = fedcctrConfig.parse({ kind: "fedcctr", ...small, ...own });
    const config = withAugmentation(entry, settingsFor());
    expect(() => fedcctr.stages(config, settingsFor())).toThrow(message);
  });

  test("stops where validation has not got better for long enough, at the best state", async () => {
    const training = { ...settingsFor().training, select: "best" as const, patience: 2 };
    const settings = settingsFor({ rounds: 30, training });
    // Rounds this large lead nowhere.
    const outcome = await federated(
      { ...oneEncoder, server: { ...server, learningRate: 3 } },
      { settings },
    );
    const updates = ofKind(outcome, "update");
    expect(updates.length).toBeLessThan(30);
    expect(updates.at(-1)!.metadata["finished"]).toBe(true);
    expect(updates.slice(0, -1).some(({ metadata }) => metadata["finished"])).toBe(false);
  });

  test("domains without a user in common, an empty history, ten thousand events", async () => {
    const long = Array.from({ length: 10_000 }, (_, i) => i % 5);
    const food = long.map((item, i) => ["long", `0-${item}`, i, "train"] as const);
    const kitchen = [0, 1, 2].map((item) => ["other", `1-${item}`, item, "train"] as const);
    const heldOut = (user: string, domain: number, day: number) =>
      (["valid", "test"] as const).map(
        (part, i) => [user, `${domain}-${i}`, day + i, part] as const,
      );
    const splits = withAllItems([
      [...food, ...heldOut("long", 0, 20_000)],
      [...kitchen, ...heldOut("other", 1, 10), ...heldOut("nobody", 1, 10)],
    ]);
    const outcome = await federated({}, { splits, settings: settingsFor({ rounds: 1 }) });
    expect(numbersOf(outcome, "users")).toEqual([3]);
    for (const scores of Object.values(outcome.scores))
      expect(scores.every(Number.isFinite)).toBe(true);
    // The one who has had all items.
    expect((await readDomains(outcome.contexts[0]!.store))!.commonUsers).toBe(1);
  });

  test("learns what follows what, which popularity cannot, and keeps what it found", async () => {
    const own = { server: { kind: "fedadam", learningRate: 0.02 }, cdrd: { weight: 0.05 } };
    const settings = settingsFor({ rounds: 60 });
    const outcome = await federated({ ...own, sampling: 0.8 }, { settings });
    for (const { client, test: held } of outcome.contexts[0]!.memory.data!.parts)
      // One in seven candidates by chance has a mean reciprocal rank of 0.37.
      expect(reciprocalRank(outcome.scores[client]!, held.examples().list!)).toBeGreaterThan(0.6);
    const found = await readDomains(outcome.contexts[0]!.store);
    expect(found!.encoders).toEqual(["food", "kitchen", "merged"]);
  });
});

describe("centralised-fedcctr", () => {
  test("goes on from any round to the same bits", async () => {
    const options = { settings: settingsFor({ rounds: 3, select: "best" }) };
    const whole = await centralised(oneEncoder, options);
    for (const stops of [1, 3])
      expect((await centralised(oneEncoder, { ...options, stops })).scores).toEqual(whole.scores);
  });

  test("learns, with a head that looks at each candidate too", async () => {
    const own = { head: "mlp", loss: { kind: "bce", negatives: 4 }, encoders: "merged" };
    const training = { ...settingsFor().training, optimiser: { ...adam, learningRate: 0.02 } };
    const settings = settingsFor({ rounds: 40, training });
    const outcome = await centralised(own, { settings, numUsers: 30 });
    for (const { client, test: held } of outcome.contexts[0]!.memory.data!.parts)
      expect(reciprocalRank(outcome.scores[client]!, held.examples().list!)).toBeGreaterThan(0.6);
    const losses = ofKind(outcome, "trained").map(
      ({ metadata }) => metadata["trainLoss"] as number,
    );
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
  });

  test("no held-out event reaches what is learned", async () => {
    const own = { ...oneEncoder, request: { recency: 1, training: "fixed" } };
    const losses = (outcome: RunOutcome) =>
      ofKind(outcome, "trained").map(({ metadata }) => metadata["trainLoss"]);
    expect(losses(await centralised(own, { scrambled: true }))).toEqual(
      losses(await centralised(own)),
    );
  });
});

const adam = { kind: "adam", weightDecay: 0 } as const;

function bytesOf(data: ArrayLike<number>): Buffer {
  return Buffer.from(Float32Array.from(data).buffer);
}
