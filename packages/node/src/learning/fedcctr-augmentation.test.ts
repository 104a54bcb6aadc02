import { describe, expect, test } from "vitest";
import { encodeMessage } from "@atoll/core/federation";
import { privacyConfig } from "@atoll/core/privacy";
import { z } from "zod";
import { centralisedFedcctr } from "../../../core/src/methods/fedcctr/centralised-fedcctr.ts";
import { readDomains } from "../../../core/src/methods/fedcctr/diagnostics/index.ts";
import { fedcctr } from "../../../core/src/methods/fedcctr/fedcctr.ts";
import { oneEncoder } from "../../../core/src/methods/fedcctr/one-encoder.fixture.ts";
import {
  ofKind,
  peopleInOrder,
  settingsFor,
  small,
  type RunOutcome,
} from "../../../core/src/methods/fedcctr/people.fixture.ts";
import {
  populationRuns,
  type PopulationRun,
} from "../../../core/src/methods/fedcctr/population-runs.fixture.ts";
import { watchedLedger } from "../../../core/src/methods/stages/privacy/services.fixture.ts";
import { onnxExecutor } from "../executor/index.ts";

const run = populationRuns(onnxExecutor({ intraOpThreads: 1 }));

const vectors = { kind: "hashing", dimensions: 6 };
const heuristic = (...stages: string[]) => ({
  kind: "heuristic",
  vectors,
  ...(stages.length > 0 && { stages }),
});

const federated = (own: Readonly<Record<string, unknown>> = {}, options: PopulationRun = {}) =>
  run(fedcctr, { kind: "fedcctr", ...small, ...oneEncoder, sampling: 1, ...own }, options);

/** The final model. */
const modelOf = (outcome: RunOutcome) =>
  Object.fromEntries(
    Object.entries(ofKind(outcome, "finish")[0]!.arrays).map(([name, { data }]) => [name, data]),
  );

const lossesOf = (outcome: RunOutcome) =>
  ofKind(outcome, "update").map(({ metadata }) => metadata["trainLoss"] as number);

describe("what augmentation does to training", () => {
  test("profiles change nothing at first, and are learned from then on", async () => {
    const [plain, own] = [
      lossesOf(await federated()),
      lossesOf(await federated({ augmentation: heuristic("profiles") })),
    ];
    expect(own[0]).toBe(plain[0]);
    expect(own[1]).not.toBe(plain[1]);
  });

  test("words of items are projected beside what stands for them", async () => {
    const sizes = async (own: Readonly<Record<string, unknown>>) => {
      const { dense, ...tables } = modelOf(await federated(own));
      return { dense: dense!.length, tables: Object.keys(tables) };
    };
    const before = await sizes({});
    const projections = 2 * 6 * small.width;
    expect(await sizes({ augmentation: heuristic("items") })).toEqual({
      dense: before.dense + projections,
      tables: ["items"],
    });
    const encoders = { federate: "encoders", items: { vectors: "public", dimensions: 3 } };
    const { dense } = await sizes(encoders);
    expect(await sizes({ ...encoders, augmentation: heuristic("items") })).toEqual({
      dense: dense + projections,
      tables: [],
    });
  });

  test.each([
    { clients: "silo", head: "mlp", loss: { kind: "bce", negatives: 4 } },
    { clients: { cohort: 4 }, items: { vectors: "public-and-learned", dimensions: 3 } },
  ])("all stages lead to finite scores: %j", async (own) => {
    const outcome = await federated({ ...own, augmentation: { ...heuristic(), kind: "random" } });
    for (const scores of Object.values(outcome.scores)) {
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(new Set(scores).size).toBeGreaterThan(1);
    }
    const { augmentation } = (await readDomains(outcome.contexts[0]!.store))!;
    expect(augmentation!.descriptions).toHaveLength(5);
    expect(augmentation!.density!.after).toBeGreaterThan(augmentation!.density!.before);
  });

  test("in one place too", async () => {
    const entry = { kind: "centralised-fedcctr", ...small, ...oneEncoder, usersPerStep: 5 };
    const { scores } = await run(
      centralisedFedcctr,
      { ...entry, augmentation: heuristic() },
      { parties: ["c"] },
    );
    expect(Object.values(scores).flat().every(Number.isFinite)).toBe(true);
  });
});

describe("no held-out event reaches what is learned", () => {
  const own = {
    request: { recency: 1, text: 1, training: "learned" },
    items: { vectors: "public-and-learned", dimensions: 3 },
  };

  test("through words of items and of users", async () => {
    const words = { ...own, augmentation: heuristic("items", "profiles") };
    const [plain, scrambled] = [
      await federated(words),
      await federated(words, { scrambled: true }),
    ];
    expect(modelOf(scrambled)).toEqual(modelOf(plain));
    expect(scrambled.scores).not.toEqual(plain.scores);
  });

  test("through liked and disliked items, but that a user's own are not offered", async () => {
    const all = { ...own, augmentation: heuristic() };
    const [plain, swapped] = [await federated(all), await federated(all, { swapped: true })];
    expect(modelOf(swapped)).toEqual(modelOf(plain));
    expect(swapped.scores).not.toEqual(plain.scores);
  });
});

describe("text stays at home", () => {
  const wording = "quixotry";
  const definition = { ...small, ...oneEncoder, augmentation: heuristic() };

  test("no message holds a word of a title", async () => {
    const splits = peopleInOrder(12, { wording });
    const holds = (values: unknown) => JSON.stringify(values).includes(wording);
    expect(holds(splits[0]!)).toBe(true);
    const outcome = await federated({ ...definition, request: { recency: 1 } }, { splits });
    const found = (await readDomains(outcome.contexts[0]!.store))!;
    expect(holds(found.augmentation!.descriptions)).toBe(true);
    expect(outcome.messages.length).toBeGreaterThan(6);
    for (const message of outcome.messages)
      expect(Buffer.from(encodeMessage(message)).toString("latin1")).not.toContain(wording);
  });

  test("no declared message has more room for text than without", () => {
    const roomOf = (augmentation: unknown) => {
      const entry = fedcctr.config.parse({ kind: "fedcctr", ...definition, augmentation });
      return fedcctr
        .stages(entry, settingsFor())
        .flatMap(({ name, messages }) =>
          Object.entries(messages).flatMap(([kind, { metadata, arrays }]) => [
            ...Object.keys(arrays).map((array) => `${name}/${kind}: array ${array}`),
            ...textsIn(z.toJSONSchema(metadata)).map((at) => `${name}/${kind}${at}`),
          ]),
        );
    };
    const room = roomOf({ kind: "none" });
    expect(room).toContain("enrol/enrolled/domains/*");
    expect(room).toContain("train/update: array dense");
    expect(roomOf(heuristic())).toEqual(room);
  });
});

/** Where a JSON schema has room for text. */
function textsIn(schema: unknown, at = ""): readonly string[] {
  const {
    type,
    properties = {},
    items,
    additionalProperties,
  } = schema as {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly items?: unknown;
    readonly additionalProperties?: unknown;
  };
  if (type === "string") return [at];
  return [
    ...Object.entries(properties).flatMap(([name, of]) => textsIn(of, `${at}/${name}`)),
    ...(items === undefined ? [] : textsIn(items, `${at}/*`)),
    ...(typeof additionalProperties === "object" ? textsIn(additionalProperties, `${at}/*`) : []),
  ];
}

test.each([
  { account: "server", privacy: { kind: "central", epsilon: 3 } },
  { account: "m-1/3", privacy: { kind: "local", epsilon: 20, noiseMultiplier: 1 } },
])("a promise costs what it does without: $privacy.kind", async ({ account, privacy }) => {
  const settings = settingsFor({ rounds: 2, privacy: privacyConfig.parse(privacy) });
  const charged = async (augmentation: unknown) => {
    const ledger = watchedLedger();
    const outcome = await federated(
      { augmentation, sampling: 0.9 },
      { settings, ledger: ledger.ledger },
    );
    expect(Object.values(outcome.scores).flat().every(Number.isFinite)).toBe(true);
    const { charges, spent } = (await ledger.read(account))!;
    // A charge is named by the model that its round began with.
    const told = charges.map(({ stage, round, uses, spentAfter }) => ({
      stage,
      round,
      uses,
      spentAfter,
    }));
    return { spent, charges: told };
  };
  const without = await charged({ kind: "none" });
  expect(without.charges.length).toBeGreaterThan(0);
  expect(await charged(heuristic())).toEqual(without);
});
