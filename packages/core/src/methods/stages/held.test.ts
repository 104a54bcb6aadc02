import { describe, expect, test } from "vitest";
import { decodeState, encodeState } from "../../federation/index.ts";
import type { SavedState } from "../../federation/stage.ts";
import { buildModel, modelConfig } from "../../models/index.ts";
import { parameterLayout } from "../../tensor/index.ts";
import { stagesOf, settings as mixture, type EntryInput } from "../baselines/run.fixture.ts";
import { globalModelIn } from "./held.ts";
import { CLIENTS, outcomeOf } from "./rounds.fixture.ts";

const settings = {
  ...mixture,
  model: modelConfig.parse({ kind: "deepfm", width: 3, hidden: [4], batchNorm: true }),
  federation: { ...mixture.federation, rounds: 2, shared: ["id0"] },
};

const flat = (arrays: SavedState["arrays"], prefix: string) =>
  Object.entries(arrays).flatMap(([name, { data }]) => (name.startsWith(prefix) ? [...data] : []));

describe("the global model that a server keeps", () => {
  test("is the final state, each parameter under the model's own name and shape", async () => {
    const { rounds, results } = await outcomeOf(() => stagesOf({ kind: "fedavg" }, settings));
    const model = globalModelIn(results)!;
    const finish = [...rounds.findLast(({ stage }) => stage === "train")!.sent.values()];
    expect(finish.map(({ kind }) => kind)).toEqual(CLIENTS.map(() => "finish"));
    const { parameters, state, ...others } = finish[0]!.arrays;
    expect(flat(model.arrays, "train/parameter:")).toEqual([...parameters!.data]);
    expect(flat(model.arrays, "train/statistic:")).toEqual([...state!.data]);
    expect(Object.keys(others)).toContain("table:factors/id0");
    for (const [name, array] of Object.entries(others))
      expect(model.arrays[`train/${name}`]).toEqual(array);
    const built = buildModel(settings.model, settings.features);
    for (const { name, shape } of parameterLayout(built.parameters).views)
      expect(model.arrays[`train/parameter:${name}`]?.shape).toEqual(shape);
    expect(decodeState(encodeState(model))).toEqual(model);
  });

  test.each<EntryInput>([{ kind: "fedamp" }, { kind: "pf-msmtrec" }])(
    "of a method with a state for each client has them all: %o",
    async (entry) => {
      const own = { ...mixture, federation: { ...mixture.federation, rounds: 2 } };
      const { rounds, results } = await outcomeOf(() => stagesOf(entry, own));
      const { arrays } = globalModelIn(results)!;
      const finish = rounds.findLast(({ stage }) => stage === "train")!.sent;
      for (const [client, sent] of finish) {
        const held = Object.entries(arrays).flatMap(([name, { data }]) =>
          name.startsWith(`train/client:${client}/`) || !name.startsWith("train/client:")
            ? [...data]
            : [],
        );
        const given = Object.values(sent.arrays).flatMap(({ data }) => [...data]);
        expect(Float64Array.from(held).sort()).toEqual(Float64Array.from(given).sort());
      }
      expect(new Set([...finish.values()].map(({ arrays: own }) => JSON.stringify(own))).size).toBe(
        4,
      );
    },
  );

  test("says which value of a shared feature is in which row", () => {
    const vocabularies = { id0: ["x", "y"] };
    const rows = { shape: [1], data: Float32Array.of(1) };
    const model = globalModelIn(
      new Map<string, SavedState>([
        ["vocabulary", { arrays: {}, metadata: { vocabularies } }],
        ["train", { arrays: { rows }, metadata: { observations: [] } }],
      ]),
    );
    expect(model).toEqual({
      arrays: { "train/rows": rows },
      metadata: { schema: "atoll/global-model/v1", vocabularies },
    });
  });

  test("is absent where clients train alone", async () => {
    const { results } = await outcomeOf(() => stagesOf({ kind: "local" }, settings));
    expect(globalModelIn(results)).toBeUndefined();
  });
});
