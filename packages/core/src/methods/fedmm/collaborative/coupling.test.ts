import { beforeAll, describe, expect, test } from "vitest";
import { encode, syntheticCommon, type SplitClient } from "../../../data/index.ts";
import type { Anchors, Message } from "../../../federation/index.ts";
import { trainingConfig } from "../../../training/index.ts";
import { meeting } from "./meeting.ts";
import { collaborativeVectorsStage } from "./collaborative.ts";
import {
  configOf,
  marketTables,
  partyOf,
  runStage,
  settings,
  splitOf,
  type Sent,
} from "./world.fixture.ts";

let splits: SplitClient[];
/** Anchors by the items' names, numbered in an order that is none of theirs. */
let anchors: Anchors[];
let names: string[][];
beforeAll(() => {
  const tables = marketTables({ a: 500, b: 300, c: 200 });
  splits = [...tables].map(([client, table]) => splitOf(client, table));
  names = splits.map((split) => {
    const { encoder } = encode([split], { minCount: 1, common: syntheticCommon });
    return encoder.vocabularies["item"]!.map((name) => name.replace(/^[abc]-/, ""));
  });
  const holders = new Map<string, number>();
  for (const name of names.flat()) holders.set(name, (holders.get(name) ?? 0) + 1);
  const shared = [...holders].filter(([, count]) => count > 1).map(([name]) => name);
  const id = new Map(shared.map((name, i) => [name, (i * 7) % shared.length]));
  anchors = names.map((own) => {
    const items = [...own.keys()].filter((i) => id.has(own[i]!));
    return {
      items: Int32Array.from(items, (i) => i + 1),
      ids: Int32Array.from(items, (i) => id.get(own[i]!)!),
      numAnchors: shared.length,
    };
  });
});

const config = configOf({ alignment: { anchors: true }, channels: { scores: { folds: 2 } } });
const last = { training: trainingConfig.parse({ select: "last" }) };
const parties = (which = [0, 1, 2]) =>
  which.map((p) => partyOf(splits[p]!, { anchors: anchors[p]! }));

const arraysOf = (sent: readonly Sent[], client: string, kind: string, round: number) =>
  sent.find(
    ({ message, ...of }) =>
      of.client === client && message.kind === kind && message.round === round,
  )!.message.arrays;

describe("averages", () => {
  test("per anchor over those that sent it, by their training positives", () => {
    const server = meeting(["all"]);
    const sent = (ids: number[], counts: number[], rows: number[]) => ({
      arrays: {
        anchors: { shape: [ids.length], data: Int32Array.from(ids) },
        "item-counts/all": { shape: [ids.length], data: Int32Array.from(counts) },
        "item-vectors/all": { shape: [ids.length, 2], data: Float32Array.from(rows) },
      },
    });
    server.receive(
      new Map([
        ["a", sent([0, 2, 5], [1, 4, 0], [1, 2, 3, 4, 5, 6])],
        ["b", sent([2, 5], [12, 0], [7, 8, 9, 11])],
      ]),
    );
    const { anchors: ids, "item-vectors/all": rows } = server.averagesFor("a");
    expect([...ids!.data]).toEqual([0, 2, 5]);
    // (4 * 3 + 12 * 7) / 16 = 6, not the plain mean 5; where nobody has a positive, the plain mean.
    expect([...rows!.data]).toEqual([1, 2, 6, 7, 7, 8.5]);
    expect([...server.averagesFor("b")["item-vectors/all"]!.data]).toEqual([6, 7, 7, 8.5]);
    expect(server.averagesFor("c")).toEqual({});
    const other = meeting(["all"]);
    other.load(structuredClone(server.save()));
    expect(other.averagesFor("b")).toEqual(server.averagesFor("b"));
    // In the next round a is absent: what b alone sent is what a gets, as far as it concerns a.
    server.receive(new Map([["b", sent([2, 5], [12, 0], [1, 1, 2, 2])]]));
    expect([...server.averagesFor("a")["anchors"]!.data]).toEqual([2, 5]);
    expect([...server.averagesFor("a")["item-vectors/all"]!.data]).toEqual([1, 1, 2, 2]);
  });

  test("over the wire, every model's shared rows are replaced by them, in the order of their numbers", async () => {
    const sent = await runStage(parties(), config, last);
    for (const model of ["all", "fold-0", "fold-1"]) {
      const up = ["a", "b", "c"].map((client) => arraysOf(sent, client, "update", 1));
      for (const [p, client] of ["a", "b", "c"].entries()) {
        const down = arraysOf(sent, client, "train", 2);
        const ids = [...down["anchors"]!.data];
        expect(ids).toEqual([...anchors[p]!.ids].sort((x, y) => x - y));
        const rows = down[`item-vectors/${model}`]!;
        expect(rows.shape).toEqual([ids.length, 4]);
        ids.forEach((id, row) => {
          const holders = up
            .map((arrays) => ({ arrays, at: arrays["anchors"]!.data.indexOf(id) }))
            .filter(({ at }) => at >= 0);
          expect(holders.length).toBeGreaterThan(1);
          const counts = holders.map(({ arrays, at }) => arrays[`item-counts/${model}`]!.data[at]!);
          const total = counts.reduce((x, y) => x + y, 0);
          for (let k = 0; k < 4; k++) {
            const values = holders.map(
              ({ arrays, at }) => arrays[`item-vectors/${model}`]!.data[at * 4 + k]!,
            );
            const expected = values.reduce(
              (sum, value, h) => sum + (total > 0 ? counts[h]! / total : 1 / values.length) * value,
              0,
            );
            expect(rows.data[row * 4 + k]).toBeCloseTo(expected, 6);
          }
        });
      }
    }
  });
});

describe("coupled training", () => {
  test("moves what a client learns, and only with others", async () => {
    const together = parties();
    await runStage(together, config, last);
    const alone = parties([0]);
    await runStage(alone, config, last);
    const apart = parties([0]);
    await runStage(apart, configOf({ channels: { scores: { folds: 2 } } }), last);
    const vectors = together[0]!.context.memory.collaborative!;
    // One client's average over itself is itself, to the bit.
    expect(alone[0]!.context.memory.collaborative).toEqual(apart[0]!.context.memory.collaborative);
    expect(vectors.factors).not.toEqual(alone[0]!.context.memory.collaborative!.factors);
    expect(vectors.folds).not.toEqual(alone[0]!.context.memory.collaborative!.folds);
  });

  test("anchors numbered otherwise, and clients in another order, give the same vectors", async () => {
    const expected = parties();
    await runStage(expected, config, last);
    const { numAnchors } = anchors[0]!;
    const renumbered = [2, 0, 1].map((p) => {
      const own = anchors[p]!;
      return partyOf(splits[p]!, {
        anchors: { ...own, ids: own.ids.map((id) => numAnchors - 1 - id) },
      });
    });
    await runStage(renumbered, config, last);
    for (const { context } of expected) {
      const other = renumbered.find((party) => party.context.name === context.name)!;
      expect(other.context.memory.collaborative).toEqual(context.memory.collaborative);
    }
  });

  test("messages carry vectors and counts of shared items, and nothing of any other", async () => {
    const sent = await runStage(parties(), config, last);
    for (const { client, direction, message } of sent) {
      const own = anchors[["a", "b", "c"].indexOf(client)]!;
      for (const [name, { shape }] of Object.entries(message.arrays)) {
        expect(shape[0]).toBe(own.items.length);
        expect(name).toMatch(
          direction === "up"
            ? /^(anchors|item-(vectors|counts)\/(all|fold-[01]))$/
            : /^(anchors|item-vectors\/(all|fold-[01]))$/,
        );
      }
      const carry = ["started", "train", "update", "finish"];
      expect(Object.keys(message.arrays).length > 0).toBe(carry.includes(message.kind));
    }
  });

  test("a client that drops out of a round, or joins late, is averaged over when it is there", async () => {
    const stage = collaborativeVectorsStage(settings, config);
    const server = stage.server({ clients: ["a", "b"], seed: 1, results: new Map() });
    const clients = new Map(
      await Promise.all(
        parties([0, 1]).map(
          async ({ context }) => [context.name, await stage.client(context)] as const,
        ),
      ),
    );
    const step = async (present: readonly string[]) => {
      const requests = server.next()!;
      const replies = new Map<string, Message>();
      for (const name of present)
        replies.set(name, await clients.get(name)!.handle(requests.get(name)!));
      await server.receive(replies);
      return requests;
    };
    expect((await step(["a"])).get("b")!.arrays).toEqual({});
    const second = await step(["a", "b"]);
    expect(second.get("a")!.arrays["anchors"]).toBeDefined();
    // b is not known yet: it is sent nothing, and trains from where it is.
    expect(second.get("b")!.arrays).toEqual({});
    const third = await step(["b"]);
    expect(third.get("b")!.arrays["anchors"]).toBeDefined();
    const saved = server.save();
    const fourth = server.next()!;
    // a is told what b alone sent.
    const ids = [...fourth.get("a")!.arrays["anchors"]!.data];
    expect(ids).toEqual(
      [...anchors[0]!.ids].filter((id) => anchors[1]!.ids.includes(id)).sort((x, y) => x - y),
    );
    const resumed = stage.server({ clients: ["a", "b"], seed: 1, results: new Map() });
    resumed.load(structuredClone(saved));
    expect(resumed.next()).toEqual(fourth);
  });

  test("stopped and resumed after every round, on both sides, it leaves the same", async () => {
    const expected = parties();
    await runStage(expected, config);
    const stage = collaborativeVectorsStage(settings, config);
    const context = { clients: ["a", "b", "c"], seed: 1, results: new Map() };
    let server = stage.server(context);
    let resumed = parties();
    let clients = await Promise.all(resumed.map((party) => stage.client(party.context)));
    for (let requests = server.next(); requests !== undefined; requests = server.next()) {
      const replies = new Map<string, Message>();
      for (const [c, client] of clients.entries()) {
        const name = context.clients[c]!;
        replies.set(name, await client.handle(requests.get(name)!));
      }
      await server.receive(replies);
      const saved = structuredClone(server.save());
      server = stage.server(context);
      server.load(saved);
      const states = clients.map((client) => structuredClone(client.save()));
      const files = resumed.map((party) => party.files);
      resumed = parties();
      for (const [c, party] of resumed.entries())
        for (const [name, bytes] of files[c]!) party.files.set(name, bytes);
      clients = await Promise.all(resumed.map((party) => stage.client(party.context)));
      for (const [c, client] of clients.entries()) client.load(states[c]!);
    }
    for (const [c, { context: own }] of resumed.entries())
      expect(own.memory.collaborative).toEqual(expected[c]!.context.memory.collaborative);
  });

  test("coupled clients go on until all have finished", async () => {
    const long = configOf({
      alignment: { anchors: true },
      channels: { scores: "none" },
      collaborative: { model: { kind: "lightgcn", width: 4, epochs: 30 }, rounds: 30, patience: 1 },
    });
    const sent = await runStage(parties(), long);
    const last = sent.filter(({ message }) => message.kind === "update").at(-1)!.message.round;
    const ended = sent.filter(
      ({ message, direction }) => direction === "up" && message.round === last,
    );
    expect(ended.every(({ message }) => message.metadata["finished"])).toBe(true);
    expect(last).toBeLessThan(29);
    for (let round = 0; round <= last; round++)
      for (const client of ["a", "b", "c"])
        expect(arraysOf(sent, client, "update", round)["anchors"]).toBeDefined();
  });

  test("MF-BPR is coupled likewise; SVD has no vectors to couple, which it says", async () => {
    const coupled = (model: object) =>
      configOf({ alignment: { anchors: true }, collaborative: { model, rounds: 2 } });
    const both = parties([0, 1]);
    await runStage(both, coupled({ kind: "mf-bpr", width: 4, epochs: 4 }), last);
    const alone = parties([0]);
    await runStage(alone, coupled({ kind: "mf-bpr", width: 4, epochs: 4 }), last);
    expect(both[0]!.context.memory.collaborative!.factors.items).not.toEqual(
      alone[0]!.context.memory.collaborative!.factors.items,
    );
    await expect(runStage(parties(), coupled({ kind: "svd", width: 4 }))).rejects.toThrow(
      "choose lightgcn or mf-bpr, or set anchors: false",
    );
  });
});
