import { beforeAll, describe, expect, test } from "vitest";
import {
  oracleColumn,
  splitClient,
  syntheticColumns,
  syntheticWorld,
  type SplitClient,
} from "../data/index.ts";
import {
  checkAnswer,
  createClient,
  decodeMessage,
  describeMessages,
  runStages,
  throughConnections,
  type ClientConnection,
  type ClientStore,
  type Message,
} from "../federation/index.ts";
import { noCryptography } from "../federation/no-cryptography.fixture.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { jaxExecutor, parameterLayout } from "../tensor/index.ts";
import { keptPrograms } from "../tensor/kept-programs.fixture.ts";
import { trainingConfig } from "../training/index.ts";
import {
  methodConfig,
  methodOf,
  methods,
  resolveMethod,
  type MethodEntry,
  type MethodKind,
} from "./registry.ts";
import { OF_USERS, OF_USERS_MEASURED, SMALL_SETTINGS } from "./small-settings.fixture.ts";
import { tamperedRuns } from "./tampered-answers.fixture.ts";
import { marketsOf, settingsOf } from "./two-markets.fixture.ts";
import type { MethodSettings } from "./types.ts";

const executor = keptPrograms(jaxExecutor());
let splits: SplitClient[];
beforeAll(() => {
  const world = syntheticWorld({
    kind: "synthetic",
    markets: { a: { rows: 300 }, b: { rows: 200 } },
    sharedTaste: 0.8,
    worldSeed: 1,
  });
  splits = world.map(({ client, table }) =>
    splitClient(
      table,
      {
        client,
        columns: syntheticColumns,
        feedback: "explicit",
        split: { kind: "random", valid: 0.25, test: 0.25 },
        oracleColumns: [oracleColumn],
      },
      1,
    ),
  );
});

const settings = settingsOf({
  model: modelConfig.parse({ kind: "deepfm", width: 3, hidden: [4], batchNorm: true }),
  training: trainingConfig.parse({
    batchSize: 64,
    optimiser: { kind: "adam", learningRate: 0.01 },
  }),
  federation: {
    rounds: 2,
    localEpochs: 1,
    clientsPerRound: "all",
    cohort: "fixed",
    shared: ["segment"],
    federatedEmbeddings: "mean",
  },
  selectBy: "logloss",
  metrics: ["auc", "logloss"],
});

function stagesOf(entry: MethodEntry, own: Partial<MethodSettings> = {}) {
  const definition = methodOf(entry.kind);
  return definition.stages(entry, { ...settings, ...own });
}

interface Traffic {
  readonly client: string;
  readonly direction: "up" | "down";
  readonly message: Message;
  readonly bytes: Uint8Array;
}

const ran = new Map<MethodKind, Promise<Traffic[]>>();

/** The traffic of a method with the settings of all; each method is run once. */
function usualTraffic(kind: MethodKind): Promise<Traffic[]> {
  const traffic = ran.get(kind) ?? trafficOf(kind);
  ran.set(kind, traffic);
  return traffic;
}

/** Runs a method in-process and returns every message that crossed the wire. */
async function trafficOf(kind: MethodKind, own: Partial<MethodSettings> = {}): Promise<Traffic[]> {
  const entry = resolveMethod(methodConfig.parse({ kind, ...SMALL_SETTINGS[kind] }));
  const traffic: Traffic[] = [];
  const record = (client: string, direction: Traffic["direction"], bytes: Uint8Array) =>
    traffic.push({ client, direction, bytes, message: decodeMessage(bytes) });
  const data = OF_USERS.has(kind) ? marketsOf("implicit") : splits;
  const parties =
    methodOf(kind).parties === "clients"
      ? data.map((split) => ({ name: split.client, own: [split] }))
      : [{ name: "all-1", own: data }];
  const connections = parties.map(({ name, own: held }): ClientConnection => {
    const files = new Map<string, Uint8Array>();
    const store: ClientStore = {
      write: async (file, pieces) => void files.set(file, Buffer.concat(pieces)),
      read: async (file) => files.get(file),
    };
    const client = createClient(stagesOf(entry, own), {
      name,
      seed: 1,
      splits: held,
      executor,
      store,
      earlier: () => ({ read: async () => undefined }),
      cryptography: noCryptography,
      memory: {},
    });
    return {
      name,
      close: client.close,
      request: async (bytes) => {
        record(name, "down", bytes);
        const reply = await client.handle(bytes);
        record(name, "up", reply);
        checkAnswer(name, decodeMessage(bytes), decodeMessage(reply));
        return reply;
      },
    };
  });
  const outcome = await runStages({
    stages: stagesOf(entry, own),
    ...throughConnections(connections),
    seed: 1,
    signal: new AbortController().signal,
    onEvent: () => {},
    checkpoint: async () => {},
  });
  for (const connection of connections) await connection.close();
  if (outcome.kind !== "done") throw new Error("stopped");
  const total = (direction: Traffic["direction"]) =>
    traffic
      .filter((entry) => entry.direction === direction)
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect([outcome.bytesUp, outcome.bytesDown]).toEqual([total("up"), total("down")]);
  const lines = stagesOf(entry, own).flatMap((stage) => {
    const sizes = (direction: Traffic["direction"]) =>
      traffic
        .filter((sent) => sent.direction === direction && sent.message.stage === stage.name)
        .map(({ bytes }) => bytes.length);
    const [up, down] = [sizes("up"), sizes("down")];
    const rounds = new Set(
      traffic
        .filter(({ message }) => message.stage === stage.name)
        .map(({ message }) => message.round),
    ).size;
    expect(rounds).toBeLessThanOrEqual(stage.rounds?.(connections.length) ?? 1);
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    const ofArrays: Record<string, { up: number; down: number }> = {};
    for (const { message, direction } of traffic)
      for (const [name, { data }] of Object.entries(message.arrays))
        if (message.stage === stage.name)
          (ofArrays[name] ??= { up: 0, down: 0 })[direction] +=
            data.length * data.BYTES_PER_ELEMENT;
    const line = {
      stage: stage.name,
      rounds,
      answers: up.length,
      bytesUp: sum(up),
      bytesDown: sum(down),
      largestUp: Math.max(...up),
      largestDown: Math.max(...down),
      arrays: ofArrays,
    };
    return up.length === 0 ? [] : [line];
  });
  expect(outcome.stages).toEqual(lines);
  for (const { arrays } of outcome.stages)
    expect(Object.keys(arrays!)).toEqual(Object.keys(arrays!).toSorted());
  return traffic;
}

const kinds = Object.keys(methods) as MethodKind[];

describe.each(kinds)("%s", (kind) => {
  const own = OF_USERS.has(kind) ? OF_USERS_MEASURED : {};
  let traffic: Traffic[];
  beforeAll(async () => {
    traffic = await (OF_USERS.has(kind) ? trafficOf(kind, own) : usualTraffic(kind));
  });

  test("sends only kinds, arrays and metadata that it declares, no user or item id, and answers that a server takes", async () => {
    const declared = describeMessages(stagesOf(resolveMethod(methodConfig.parse(kind))));
    for (const { message, direction, bytes } of traffic) {
      const own = declared.find(
        (entry) => entry.stage === message.stage && entry.kind === message.kind,
      );
      expect(own, `${message.stage}/${message.kind}`).toBeDefined();
      for (const name of Object.keys(message.arrays))
        expect(Object.keys(own!.arrays)).toContain(name);
      const text = new TextDecoder("latin1").decode(bytes);
      // Ids of the world read a-u12, b-i3: none may stand in any message.
      expect(text).not.toMatch(/"[ab]-[ui]\d+/);
      expect(own!.direction).toBe(direction === "up" ? "to server" : "to clients");
    }
  });

  test("declares requests whose answers there are, and no message beside", () => {
    for (const { messages } of stagesOf(resolveMethod(methodConfig.parse(kind)), own)) {
      const answers = Object.values(messages).flatMap(({ answeredBy = [] }) => answeredBy);
      const alone = Object.keys(messages).filter(
        (name) => messages[name]!.answeredBy === undefined,
      );
      expect([...new Set(answers)].toSorted()).toEqual(alone.toSorted());
      for (const { answeredBy } of Object.values(messages)) expect(answeredBy).not.toEqual([]);
    }
  });

  test("takes an answer that was tampered with, or refuses it in words", async () => {
    const entry = resolveMethod(methodConfig.parse({ kind, ...SMALL_SETTINGS[kind] }));
    const { worked, refused } = await tamperedRuns({ stages: stagesOf(entry, own), traffic });
    expect(worked).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});

test("local-only, centralised and popularity send no array at all", async () => {
  for (const kind of ["local", "centralised", "popularity"] as const)
    for (const { message } of await usualTraffic(kind))
      expect(Object.keys(message.arrays)).toEqual([]);
});

test("FedAvg sends parameters, running statistics and the shared feature's rows, and nothing of other tables", async () => {
  const traffic = await usualTraffic("fedavg");
  const updates = traffic.filter(({ message }) => message.kind === "update");
  for (const { message } of updates)
    expect(Object.keys(message.arrays).toSorted()).toEqual([
      "parameters",
      "state",
      "table:factors/segment",
      "table:wide/segment",
    ]);
  const agreed = traffic.find(({ message }) => message.kind === "agree")!.message.metadata;
  const numSegments = (agreed["vocabularies"] as { segment: string[] }).segment.length;
  // Beside the agreed values: the padding row and the row for values out of vocabulary; 3 entries each.
  expect(updates[0]!.message.arrays["table:factors/segment"]!.shape).toEqual([numSegments + 2, 3]);
});

test("FedBN sends exactly the parameters that are no normalisation, and no running statistics", async () => {
  const model = buildModel(settings.model, settings.features);
  const weights = parameterLayout(model.parameters).views.filter(({ role }) => role === "weight");
  const expected = weights.reduce((sum, view) => sum + view.length, 0);
  for (const { message } of (await usualTraffic("fedbn")).filter(
    ({ message }) => message.kind === "update",
  )) {
    expect(message.arrays["parameters"]!.data.length).toBe(expected);
    expect(message.arrays["state"]).toBeUndefined();
  }
});

test("the next global state of FedAvg is the mean of the updates, weighted by training rows", async () => {
  const traffic = await usualTraffic("fedavg");
  const at = (direction: string, kind: string, round: number) =>
    traffic.filter(
      (entry) =>
        entry.direction === direction &&
        entry.message.kind === kind &&
        entry.message.round === round,
    );
  const updates = at("up", "update", 0).toSorted((a, b) => (a.client < b.client ? -1 : 1));
  const next = at("down", "train", 1)[0]!.message.arrays["parameters"]!.data;
  const rows = updates.map(({ message }) => message.metadata["numExamples"] as number);
  expect(rows).toEqual(splits.map(({ counts }) => counts.train));
  const total = rows.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < next.length; i++) {
    const mean = updates.reduce(
      (sum, { message }, k) => sum + (rows[k]! / total) * message.arrays["parameters"]!.data[i]!,
      0,
    );
    expect(next[i]).toBeCloseTo(mean, 6);
  }
});

test("a cohort of one asks one client per round, and every client at the end", async () => {
  const traffic = await trafficOf("fedavg", {
    federation: { ...settings.federation, clientsPerRound: 1, rounds: 3 },
  });
  const asked = (kind: string) =>
    traffic.filter(({ message, direction }) => message.kind === kind && direction === "down");
  expect(asked("train")).toHaveLength(3);
  expect(
    asked("finish")
      .map(({ client }) => client)
      .toSorted(),
  ).toEqual(["a", "b"]);
});

test("the vocabulary message holds the values of shared features only, without counts", async () => {
  const [values] = (await usualTraffic("fedavg")).filter(
    ({ message }) => message.kind === "values",
  );
  const { vocabularies } = values!.message.metadata as { vocabularies: Record<string, string[]> };
  expect(Object.keys(vocabularies)).toEqual(["segment"]);
  expect(vocabularies["segment"]!.every((value) => /^segment\d+$/.test(value))).toBe(true);
});
