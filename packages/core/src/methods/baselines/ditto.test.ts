import { describe, expect, test } from "vitest";
import { decodeState, strategies } from "../../federation/index.ts";
import type { Stage } from "../../federation/stage.ts";
import { buildModel } from "../../models/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { federatedStages } from "../stages/federated.ts";
import { TRAINED_FILE } from "../stages/kept-model.ts";
import { trainStage, type Federated } from "../stages/train.ts";
import { emptyContext, marketsOf, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import { ditto } from "./ditto.ts";

const fedavg: Federated = {
  kind: "federated",
  server: { kind: "one-for-all", strategy: strategies.fedavg() },
  normalisation: "federated",
};

const settings = settingsOf();
const shared = settingsOf({ federation: { ...settings.federation, shared: ["segment"] } });

async function run(stages: () => readonly Stage[], interrupted?: boolean) {
  const contexts = marketsOf("explicit").map((split) => emptyContext(split));
  const outcome = await runInMarkets(stages, contexts, interrupted);
  const trained = await Promise.all(
    contexts.map(async ({ store }) => decodeState((await store.read(TRAINED_FILE))!).arrays),
  );
  return { ...outcome, trained };
}

const alone = () => run(() => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)]);
const personal = (lambda: number, own = settings, interrupted = false) =>
  run(() => federatedStages(own, { ...fedavg, personal: lambda }), interrupted);

describe("ditto", () => {
  test("sends what FedAvg sends: the personal model stays at home", async () => {
    const { traffic } = await run(() => federatedStages(shared, fedavg));
    const own = await personal(0.5, shared);
    const arrays = (entries: typeof traffic) =>
      entries
        .map(({ client, direction, message }) => ({
          key: `${message.stage} ${message.kind} ${message.round} ${client} ${direction}`,
          arrays: message.arrays,
        }))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(arrays(own.traffic)).toEqual(arrays(traffic));
    expect(own.scores).not.toEqual((await run(() => federatedStages(shared, fedavg))).scores);
  });

  test("without a pull is local training, bit by bit", async () => {
    expect((await personal(0)).scores).toEqual((await alone()).scores);
    expect((await personal(0.5)).scores).not.toEqual((await alone()).scores);
  });

  test("a stronger pull holds the personal model nearer to the global one", async () => {
    // Steps of Adam are as long whatever the pull; those of plain descent are not.
    const plain = settingsOf({
      training: trainingConfig.parse({
        ...settings.training,
        optimiser: { kind: "sgd", learningRate: 0.1 },
      }),
      federation: { ...settings.federation, rounds: 4, localEpochs: 4 },
    });
    const distances: number[] = [];
    for (const lambda of [0, 2, 8]) {
      const { traffic, trained } = await personal(lambda, plain);
      // The last state that the personal models were pulled to.
      const received = traffic.findLast(({ message }) => message.kind === "train")!;
      const global = received.message.arrays["parameters"]!.data;
      const [own] = trained;
      const { parameters } = buildModel(plain.model, plain.features);
      const dense = parameters.flatMap(({ name }) => [...own![`parameter:${name}`]!.data]);
      expect(dense).toHaveLength(global.length);
      distances.push(Math.hypot(...dense.map((x, i) => x - global[i]!)));
    }
    expect(distances[1]).toBeLessThan(0.9 * distances[0]!);
    expect(distances[2]).toBeLessThan(0.9 * distances[1]!);
  });

  test("a run that stops and goes on gives the same scores", async () => {
    expect((await personal(0.5, shared, true)).scores).toEqual(
      (await personal(0.5, shared)).scores,
    );
  });

  test("validates the personal model: a state of round 0 is its start, later ones its own", async () => {
    const best = settingsOf({
      training: trainingConfig.parse({ ...settings.training, select: "best" }),
    });
    const valid = (entries: Awaited<ReturnType<typeof run>>["traffic"]) =>
      entries
        .filter(({ message, client }) => client === "a" && "valid" in message.metadata)
        .map(({ message }) => (message.metadata["valid"] as { a: number }).a);
    const averaged = valid((await run(() => federatedStages(best, fedavg))).traffic);
    const own = valid((await personal(0, best)).traffic);
    const local = valid(
      (await run(() => [trainStage(best, { kind: "alone" }), evaluateStage(best)])).traffic,
    );
    expect(own).toEqual(local);
    expect(own[0]).toBe(averaged[0]);
    expect(own.slice(1)).not.toEqual(averaged.slice(1));
  });

  test("takes over the rows of federated tables each round, and keeps the others to itself", async () => {
    const descending = settingsOf({
      training: trainingConfig.parse({
        ...settings.training,
        tables: { kind: "sgd", learningRate: 0.05 },
      }),
      federation: shared.federation,
    });
    const { traffic, trained } = await personal(0.5, descending);
    const finish = traffic.find(({ message }) => message.kind === "finish")!;
    const first = traffic.find(({ message }) => message.kind === "train")!;
    for (const table of ["factors/segment", "wide/segment"]) {
      const received = [...finish.message.arrays[`table:${table}`]!.data];
      expect(received).not.toEqual([...first.message.arrays[`table:${table}`]!.data]);
      for (const own of trained) expect([...own[`table:${table}`]!.data]).toEqual(received);
    }
    expect(trained[0]!["table:factors/device"]).not.toEqual(trained[1]!["table:factors/device"]);
  });

  test("needs a lambda above 0", () => {
    expect(ditto.config.parse({ kind: "ditto" })).toEqual({ kind: "ditto", lambda: 0.1 });
    expect(ditto.config.safeParse({ kind: "ditto", lambda: 0 }).success).toBe(false);
  });
});
