import { describe, expect, test } from "vitest";
import { splitClient, worldClients, type SplitClient } from "@atoll/core/data";
import {
  createClient,
  runStages,
  throughConnections,
  type ClientMemory,
} from "@atoll/core/federation";
import { TRAINED_FILE } from "@atoll/core/methods";
import { nodeCryptography } from "../cryptography/index.ts";
import { onnxExecutor } from "../executor/index.ts";
import { experimentSchema, rolesOf } from "../experiment/index.ts";
import { planOf, rulesOf } from "../runs/index.ts";
import { stagesOf } from "../runs/plan.ts";
import { memoryStore } from "./first-round.ts";
import { lossesUnder } from "./trained-model.ts";
import { experimentOf, splitsOf } from "./world.fixture.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });

/** Trains the experiment's first method on one client, and leaves its file and its own scorer. */
async function trained(experiment: ReturnType<typeof experimentOf>, split: SplitClient) {
  const { entry, settings } = planOf(experiment).methods[0]!;
  const stages = stagesOf(entry, settings);
  const memory: ClientMemory = {};
  const store = memoryStore();
  const client = createClient(stages, {
    name: split.client,
    seed: 1,
    splits: [split],
    executor,
    store,
    cryptography: nodeCryptography,
    earlier: () => store,
    memory,
  });
  await runStages({
    stages,
    ...throughConnections([{ name: split.client, request: client.handle, close: client.close }]),
    seed: 1,
    signal: new AbortController().signal,
    onEvent: () => {},
    checkpoint: async () => {},
  });
  const bytes = (await store.read(TRAINED_FILE))!;
  return { stored: { bytes, party: split.client, settings, executor }, memory, client };
}

/** To the digits of single precision. */
const logs = (probabilities: ArrayLike<number>) =>
  Array.from(probabilities, (p) => -Math.log(p)).map((loss) => Number(loss.toFixed(5)));

describe("losses under a stored model are those of the client that trained it", () => {
  test("of rows with labels, wherever the rows are asked for", async () => {
    const [split] = splitsOf({ a: 160 });
    const { stored, memory, client } = await trained(
      experimentOf({ model: { kind: "deepfm", width: 3, hidden: [4], batchNorm: true } }),
      split!,
    );
    const examples = memory.data!.parts[0]!.test.examples();
    const scores = await memory.scorer!.score(examples, "a");
    await client.close();
    const expected = logs(
      Array.from(scores, (p, i) => (split!.label[split!.test[i]!] === 1 ? p : 1 - p)),
    );
    const losses = await lossesUnder(stored, [split!], () => split!.test);
    if (losses.kind !== "losses") throw new Error(losses.why);
    expect(logs(losses.of.get("a")!.map((loss) => Math.exp(-loss)))).toEqual(expected);
    // Training rows and test rows in any order; what is in neither part has no loss.
    const mixed = Int32Array.of(
      split!.test[3]!,
      split!.train[5]!,
      split!.valid[0]!,
      split!.test[0]!,
    );
    const some = await lossesUnder(stored, [split!], () => mixed);
    if (some.kind !== "losses") throw new Error(some.why);
    const [third, , neither, first] = some.of.get("a")!;
    expect(logs([Math.exp(-third!), Math.exp(-first!)])).toEqual([expected[3], expected[0]]);
    expect(neither).toBeNaN();
  });

  test("of implicit feedback: a held-out positive by itself, not the items that it is ranked against", async () => {
    const experiment = experimentSchema.parse({
      name: "implicit",
      data: { kind: "synthetic", feedback: "implicit", markets: { a: { rows: 400 } } },
      split: { kind: "leave-one-out" },
      negatives: { training: { ratio: 2 }, evaluation: { count: 7 } },
      model: { kind: "fm", width: 4 },
      methods: ["local"],
      federation: { rounds: 2 },
      training: { batchSize: 64 },
    });
    const { data } = experiment;
    if (data.kind === "files") throw new RangeError("a world is made");
    const { client: name, table } = worldClients(data)[0]!;
    const split = splitClient(table, rulesOf(experiment, name, rolesOf(experiment)), 1);
    const { stored, memory, client } = await trained(experiment, split);
    const examples = memory.data!.parts[0]!.test.examples();
    const scores = await memory.scorer!.score(examples, name);
    await client.close();
    const positives = Array.from(scores).filter((_, i) => examples.label[i] === 1);
    expect(positives).toHaveLength(split.test.length);
    expect(scores.length).toBe(8 * split.test.length);
    const losses = await lossesUnder(stored, [split], () => split.test);
    if (losses.kind !== "losses") throw new Error(losses.why);
    expect(logs(losses.of.get(name)!.map((loss) => Math.exp(-loss)))).toEqual(logs(positives));
  });
});

test("a model with other parts than the settings say is none of ours", async () => {
  const [split] = splitsOf({ a: 160 });
  const { stored, client } = await trained(experimentOf({}), split!);
  await client.close();
  const { settings } = planOf(experimentOf({ model: { kind: "fm", width: 2 } })).methods[0]!;
  const losses = await lossesUnder({ ...stored, settings }, [split!], () => split!.test);
  expect(losses.kind).toBe("foreign");
});
