import { describe, expect, test } from "vitest";
import { cagrad } from "../../federation/coordination/index.ts";
import type { GlobalState } from "../../federation/index.ts";
import { streamOf } from "../../random/index.ts";
import type { ModelPart } from "../../tensor/index.ts";
import type { Block } from "../stages/blocks.ts";
import { fedhca2Coordinator, type Fedhca2Options } from "./fedhca2-server.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import { messagesOf, runMethod, sentArrays } from "./run.fixture.ts";

const block = (name: string, size: number, part: ModelPart | undefined): Block => ({
  name,
  part,
  size,
  ranges: [],
});
const blocks = [
  block("expert:0", 2, { kind: "expert", expert: 0 }),
  block("gate:0", 2, { kind: "gate", task: 0 }),
  block("tower:0/0", 2, { kind: "tower", task: 0, layer: 0 }),
  block("expert:1", 1, { kind: "expert", expert: 1 }),
];
const options: Fedhca2Options = { caution: 0.4, initial: 0.1, learningRate: 0.5, temperature: 1 };

type Values = Readonly<Record<string, readonly number[]>>;
const state = (values: Values): GlobalState =>
  Object.fromEntries(
    Object.entries(values).map(([name, data]) => [
      name,
      { shape: [data.length], data: Float32Array.from(data) },
    ]),
  );
const begin = state({ "expert:0": [0, 0], "gate:0": [0, 0], "tower:0/0": [0, 0], "expert:1": [0] });

/** Runs rounds in which every client moves by the given numbers from what it received. */
function rounds(moves: readonly Readonly<Record<string, Values>>[], own = options) {
  const coordinator = fedhca2Coordinator(blocks, own);
  const clients = Object.keys(moves[0]!);
  let coordination = coordinator.begin(begin, clients);
  for (const round of moves) {
    const updates = Object.entries(round).map(([client, values]) => ({
      client,
      numExamples: 1,
      arrays: state(
        Object.fromEntries(
          Object.entries(values).map(([name, by]) => {
            const { data } = coordination.next.get(client)![name]!;
            return [name, by.map((x, i) => x + data[i]!)];
          }),
        ),
      ),
    }));
    coordination = coordinator.step(
      { clients, sent: coordination.next, updates, stream: streamOf(1) },
      coordination.state,
    );
  }
  return {
    mixing: coordination.observed!.mixing!,
    of: (client: string, name: string) => [...coordination.next.get(client)![name]!.data],
  };
}

const first = {
  a: { "expert:0": [1, 0], "gate:0": [1, 0], "tower:0/0": [3, 0], "expert:1": [2] },
  b: { "expert:0": [-1, 1], "gate:0": [-1, 0], "tower:0/0": [0, 1], "expert:1": [2] },
};

describe("fedhca2's server", () => {
  test("encoders: own update and a share of the direction of all experts together", () => {
    const { of } = rounds([first]);
    const { direction } = cagrad([Float64Array.of(1, 0, 2), Float64Array.of(-1, 1, 2)], {
      caution: 0.4,
    });
    const expected = [1, 0, 2].map((x, i) => x + 0.1 * direction[i]!);
    [...of("a", "expert:0"), ...of("a", "expert:1")].forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i]!, 6),
    );
    expect(of("b", "expert:1")[0]).toBeCloseTo(2 + 0.1 * direction[2]!, 6);
    // Expert by expert, the first alone would have another direction.
    const alone = cagrad([Float64Array.of(1, 0), Float64Array.of(-1, 1)], { caution: 0.4 });
    expect(Math.abs(alone.direction[0]! - direction[0]!)).toBeGreaterThan(0.05);
  });

  test("without caution the direction is the mean update", () => {
    const { of } = rounds([first], { ...options, caution: 0 });
    expect(of("a", "expert:0")).toEqual([1, 0.1 * 0.5].map(Math.fround));
    expect(of("a", "expert:1")[0]).toBeCloseTo(2 + 0.1 * 2, 6);
  });

  test("decoders, gates among them: layer by layer, by the cosines of updates", () => {
    const { of } = rounds([first]);
    const e = Math.E;
    // Towers: orthogonal updates, cosines 1 and 0.
    expect(of("a", "tower:0/0")[0]).toBeCloseTo(3 + 0.1 * (e / (e + 1)) * 3, 6);
    expect(of("a", "tower:0/0")[1]).toBeCloseTo(0.1 / (e + 1), 6);
    // Gates: opposite updates, cosines 1 and -1.
    const towards = (e - 1 / e) / (e + 1 / e);
    expect(of("a", "gate:0")[0]).toBeCloseTo(1 + 0.1 * towards, 6);
    expect(of("b", "gate:0")[0]).toBeCloseTo(-1 - 0.1 * towards, 6);
  });

  test("a client that goes on along its direction takes a larger share of it, one that turns a smaller", () => {
    const e = Math.E;
    const given = [(3 * e) / (e + 1), 1 / (e + 1)];
    const still = { "expert:0": [0, 0], "gate:0": [0, 0], "tower:0/0": [0, 0], "expert:1": [0] };
    const second = {
      a: { ...still, "tower:0/0": given.map((x) => 0.4 * x) },
      b: { ...still, "tower:0/0": [0, -100] },
    };
    const { mixing } = rounds([first, second]);
    expect(mixing["tower:0/0"]![0]).toBeCloseTo(0.1 + 0.5 * 0.4, 5);
    expect(mixing["tower:0/0"]![1]).toBe(0);
    expect(mixing["encoder"]).toEqual([0.1, 0.1]);
    expect(rounds([first, second], { ...options, learningRate: 0 }).mixing["tower:0/0"]).toEqual([
      0.1, 0.1,
    ]);
  });

  test("a client that a round leaves out keeps its state, and learns nothing of an old direction", () => {
    const { a, b } = first;
    const { of, mixing } = rounds([first, { a }, { a, b }]);
    expect(mixing["tower:0/0"]![0]).toBeGreaterThan(0.1);
    expect(mixing["tower:0/0"]![1]).toBe(0.1);
    expect(rounds([first, { a }]).of("b", "expert:0")).toEqual(rounds([first]).of("b", "expert:0"));
    expect(of("b", "expert:0")).not.toEqual(rounds([first]).of("b", "expert:0"));
  });
});

describe("fedhca2", () => {
  lawsOfRounds({ kind: "fedhca2" });

  test("sends encoders and decoders part by part, and no normalisation", async () => {
    const { traffic } = await runMethod({ kind: "fedhca2" });
    expect(sentArrays(traffic).filter((name) => !name.startsWith("table:"))).toEqual([
      "expert:0",
      "expert:1",
      "gate:0",
      "gate:1",
      "tower:0/0",
      "tower:0/1",
      "tower:1/0",
      "tower:1/1",
    ]);
  });

  test("clients go apart, from one beginning", async () => {
    const { traffic } = await runMethod({ kind: "fedhca2" });
    const [ofA, ofB] = ["a", "b"].map((client) => messagesOf(traffic, client, "train"));
    expect(ofA![0]!.arrays).toEqual(ofB![0]!.arrays);
    for (const name of ["expert:0", "tower:0/0"])
      expect(ofA![1]!.arrays[name]).not.toEqual(ofB![1]!.arrays[name]);
    expect(ofA![1]!.arrays["table:deep/id0"]).toEqual(ofB![1]!.arrays["table:deep/id0"]);
  });
});
