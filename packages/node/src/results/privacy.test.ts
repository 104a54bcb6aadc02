import {
  memoryLedger,
  privacyConfig,
  type AccountExport,
  type Budget,
  type Charge,
} from "@atoll/core/privacy";
import { describe, expect, test } from "vitest";
import { withoutCharges } from "../ledger/index.ts";
import { privacyOfMethods } from "./privacy.ts";
import { privacyResult } from "./privacy-schema.ts";

/*
 * Releases have noise multiplier 2 without sampling: n of them are 1/8 n-zCDP. The values below are the least over
 * real orders of rho a + log((a - 1) / a) - (log delta + log a) / (a - 1) at delta 1e-5, by mpmath to 30 digits.
 */
const EPSILON = { 1: 2.1657155, 2: 3.1889712, 3: 4.0113101, 4: 4.7283869 } as const;

const budget: Budget = {
  epsilon: Infinity,
  delta: 1e-5,
  accountant: "rdp",
  adaptivity: { kind: "zcdp-filter" },
};

async function account(
  rounds: readonly number[],
  own: Partial<Charge> & { readonly budget?: Budget } = {},
): Promise<AccountExport> {
  const { budget: other = budget, ...rest } = own;
  const opened = await memoryLedger().account("a", other);
  for (const round of rounds)
    await opened.charge([
      {
        id: `train/${round}`,
        run: "run",
        stage: "train",
        round,
        what: "the update",
        unit: "user",
        adjacency: "add-remove",
        uses: {
          mechanism: { kind: "gaussian", noiseMultiplier: 2, samplingRate: 1 },
          count: 1,
        },
        ...rest,
      },
    ]);
  return opened.read();
}

const userLevel = privacyConfig.parse({ kind: "dp-sgd", unit: "user", noiseMultiplier: 2 });

type Trained = Parameters<typeof privacyOfMethods>[0][number];
const only = (method: Partial<Trained> & Pick<Trained, "trainings">) =>
  privacyOfMethods([{ entry: { name: "dp", kind: "fedavg" }, config: userLevel, ...method }]).get(
    "dp",
  )!;

describe("over seeds", () => {
  test("the greatest epsilon of each account, and of each round", async () => {
    const { accounts, weakest } = only({
      trainings: [
        { de: await account([0, 1, 2]), jp: await account([0]) },
        { de: await account([0, 1]), jp: await account([1, 3]) },
      ],
    });
    expect(accounts["de"]!.epsilon).toBeCloseTo(EPSILON[3], 4);
    expect(accounts["de"]!.releases).toBe(3);
    expect(accounts["jp"]!.epsilon).toBeCloseTo(EPSILON[2], 4);
    expect(weakest).toBe("de");
    const curve = accounts["jp"]!.byRound;
    expect(curve.map(({ stage, round }) => [stage, round])).toEqual([
      ["train", 0],
      ["train", 1],
      ["train", 3],
    ]);
    [EPSILON[1], EPSILON[1], EPSILON[2]].forEach((expected, i) =>
      expect(curve[i]!.epsilon).toBeCloseTo(expected, 4),
    );
  });

  test("long trainings keep a hundred points, the first and the last among them", async () => {
    const rounds = Array.from({ length: 450 }, (_, round) => round);
    const { byRound, releases } = only({ trainings: [{ de: await account(rounds) }] }).accounts[
      "de"
    ]!;
    expect([byRound.length, releases]).toEqual([100, 450]);
    expect([byRound[0]!.round, byRound[99]!.round]).toEqual([0, 449]);
  });

  test("the last charge of a round counts, whatever comes in between", async () => {
    const opened = await memoryLedger().account("a", budget);
    const [first] = (await account([0])).charges;
    const { spentAfter: _, ...charge } = first!;
    for (const [id, round] of [
      ["x", 0],
      ["y", 1],
      ["z", 0],
    ] as const)
      await opened.charge([{ ...charge, id, round }]);
    const { byRound } = only({ trainings: [{ de: await opened.read() }] }).accounts["de"]!;
    expect(byRound[0]!.epsilon).toBeCloseTo(EPSILON[3], 4);
  });
});

describe("over clients", () => {
  const trainings = async () => [{ de: await account([0]), jp: await account([0, 1, 2]) }];

  test("users who may be in several clients lose in each of them; others in one", async () => {
    const overlapping = only({ trainings: await trainings() });
    expect(overlapping.allClients!.epsilon).toBeCloseTo(EPSILON[4], 4);
    expect(overlapping.allClients).toMatchObject({ delta: 1e-5, users: "overlapping" });
    const config = { ...userLevel, users: "disjoint" } as typeof userLevel;
    const disjoint = only({ config, trainings: await trainings() });
    expect(disjoint.allClients!.epsilon).toBeCloseTo(EPSILON[3], 4);
  });

  test("of a ledger that other trainings share, epsilons and deltas add", async () => {
    const config = { ...userLevel, ledger: "all.ledger" } as typeof userLevel;
    // What other trainings charged is not among the charges, but spent.
    const [{ de, jp }] = (await trainings()) as [{ de: AccountExport; jp: AccountExport }];
    const earlier = { ...jp, charges: jp.charges.slice(2) };
    const { allClients, words } = only({ config, trainings: [{ de, jp: earlier }] });
    expect(allClients!.epsilon).toBeCloseTo(EPSILON[1] + EPSILON[3], 4);
    expect(allClients!.delta).toBe(2e-5);
    expect(words[1]).toContain(
      "The account is one for all trainings that are charged to all.ledger",
    );
  });

  test("a row is in one client: nothing is said of all together", async () => {
    const example = { unit: "example" } as const;
    const both = { de: await account([0], example), jp: await account([0], example) };
    expect(only({ trainings: [both] }).allClients).toBeUndefined();
  });
});

describe("accounts of which no charges came, but their totals", () => {
  const told = async () => {
    const de = await account([0, 1, 2]);
    const jp = await account([0]);
    return { de: withoutCharges(de), jp };
  };

  test("count and promise the same, without rounds", async () => {
    const { de, jp } = await told();
    const { accounts, released, unit, adjacency, weakest, words } = only({
      trainings: [{ de, jp }],
    });
    expect([weakest, unit, adjacency]).toEqual(["de", "user", "add-remove"]);
    expect(accounts["de"]).toMatchObject({ releases: 3, byRound: [] });
    expect(accounts["de"]!.epsilon).toBeCloseTo(EPSILON[3], 4);
    expect(accounts["jp"]!.byRound).toHaveLength(1);
    expect(released).toEqual([{ stage: "train", what: "the update", releases: 3 }]);
    expect(words.join(" ")).toContain('Account "a": 3 releases, too many to be told one by one');
    expect(words.join(" ")).toContain("Epsilon is 4.012 at delta 0.00001 (accountant rdp)");
  });

  test("add up over clients, as nobody knows how they compose", async () => {
    const overlapping = only({ trainings: [await told()] }).allClients!;
    expect(overlapping.epsilon).toBeCloseTo(EPSILON[1] + EPSILON[3], 4);
    expect(overlapping.delta).toBe(2e-5);
    const config = { ...userLevel, users: "disjoint" } as typeof userLevel;
    const disjoint = only({ config, trainings: [await told()] }).allClients!;
    expect(disjoint.epsilon).toBeCloseTo(EPSILON[3], 4);
    expect(disjoint.delta).toBe(1e-5);
  });
});

describe("clients that are simulated", () => {
  const config = privacyConfig.parse({ kind: "local" });
  const simulated = (trainings: Trained["trainings"]) =>
    only({ entry: { name: "dp", kind: "fedcctr" }, config, trainings });

  test("stand behind the account that has spent most, which is told of their number", async () => {
    const most = { ...(await account([0, 1])), clients: 7144 };
    const stored = JSON.parse(JSON.stringify(most)) as typeof most;
    const result = simulated([{ "fedcctr-1": stored }]);
    expect(privacyResult.parse(result)).toEqual(result);
    expect(result).toMatchObject({ unit: "user", accounts: { "fedcctr-1": { clients: 7144 } } });
    expect(result.accounts["fedcctr-1"]!.epsilon).toBeCloseTo(EPSILON[2], 4);
    expect(result.words[1]).toBe(
      "Each user has an account of its own, 7144 of them in this party: what follows is about the one that has spent most.",
    );
    expect(result.notCovered.join("\n")).toContain(
      "What is taken as public: which items there are",
    );
    expect(result.notCovered.join("\n")).toContain("whoever runs it holds everybody's rows");
  });

  test("are in one party each, whatever is said of users: losses do not add over parties", async () => {
    const { allClients } = simulated([
      { "fedcctr-1": await account([0]), "fedcctr-2": await account([0, 1, 2]) },
    ]);
    expect(allClients).toMatchObject({ users: "disjoint" });
    expect(allClients!.epsilon).toBeCloseTo(EPSILON[3], 4);
  });
});

describe("what stands in the result", () => {
  test("goes through the schema, infinity as a word, null of a cell's record as infinity", async () => {
    const bare = await account([0], {
      uses: { mechanism: { kind: "gaussian", noiseMultiplier: 0, samplingRate: 1 }, count: 1 },
    });
    const record = JSON.parse(JSON.stringify({ de: bare })) as { de: AccountExport };
    expect(record.de.spent.epsilon).toBeNull();
    const result = only({ trainings: [record] });
    expect(privacyResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.accounts["de"]).toMatchObject({
      epsilon: "infinity",
      byRound: [{ epsilon: "infinity" }],
    });
    expect(result.cap).toBeUndefined();
    expect(result.words.join("\n")).toContain("There is no promise (epsilon is infinite)");
  });

  test("unit and adjacency are those of the charges; what left is counted by kind", async () => {
    const result = only({
      config: privacyConfig.parse({ kind: "local", adjacency: "replace" }),
      trainings: [{ de: await account([0, 1], { unit: "client", adjacency: "replace" }) }],
    });
    expect(result).toMatchObject({
      kind: "local",
      unit: "client",
      adjacency: "replace",
      delta: 1e-5,
      accountant: "rdp",
      released: [{ stage: "train", what: "the update", releases: 2 }],
    });
  });

  test("accounts that differ in delta or unit never stand side by side", async () => {
    const other = await account([0], { budget: { ...budget, delta: 1e-6 } });
    const here = await account([0]);
    const rows = await account([0], { unit: "example" });
    expect(() => only({ trainings: [{ de: here, jp: other }] })).toThrow("differ in delta");
    expect(() => only({ trainings: [{ de: here, jp: rows }] })).toThrow("differ in unit");
  });

  test("a charge of nothing, which settles rounds without an answer, is no release", async () => {
    const { charges, ...rest } = await account([0, 1]);
    const { mechanism } = charges[1]!.uses;
    const settled = { ...charges[1]!, id: "end", uses: { mechanism, count: 0 } };
    const result = only({ trainings: [{ de: { ...rest, charges: [...charges, settled] } }] });
    expect(result.accounts["de"]!.releases).toBe(2);
    expect(result.released).toEqual([{ stage: "train", what: "the update", releases: 2 }]);
  });

  test("methods without accounts are left out", () =>
    expect(
      privacyOfMethods([
        { entry: { name: "local", kind: "local" }, config: { kind: "none" }, trainings: [{}, {}] },
      ]).size,
    ).toBe(0));
});

describe("a training that a budget stopped", () => {
  test("says who stopped, and from which round on, the earliest of the seeds", async () => {
    const trainings = [{ de: await account([0]) }, { de: await account([0]) }];
    const clients = { us: 3, de: 2 };
    const early = (retired: Trained["retired"]) =>
      only({ trainings, ...(retired && { retired }) }).words.slice(-1)[0];
    expect(early([{ clients }, { clients: { us: 1 } }])).toBe(
      "Budgets stopped clients early: de (round 2), us (round 1) could not pay for that round, counted from 0, and sent nothing from there on.",
    );
    expect(early([undefined, { clients: {}, stopped: { round: 4, why: "spent" } }])).toBe(
      "Training stopped early: the server could not pay for round 4, counted from 0, and published nothing from there on.",
    );
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`c${i}`, 0]));
    expect(early([{ clients: many }])).toContain("c4 (round 0) and 3 more could not");
    expect(early([undefined, undefined])).toMatch(/^There is no cap/);
  });

  test("before its first release keeps its promise: epsilon 0, and no method without one", async () => {
    const none = await account([], { budget: { ...budget, epsilon: 1 } });
    const told = privacyOfMethods([
      { entry: { name: "dp", kind: "fedavg" }, config: userLevel, trainings: [{ de: none }] },
      {
        entry: { name: "other", kind: "fedavg" },
        config: userLevel,
        trainings: [{ de: await account([0]) }],
      },
    ]);
    expect(told.get("dp")).toMatchObject({
      cap: 1,
      accounts: { de: { epsilon: 0, releases: 0, byRound: [] } },
    });
    expect(told.get("other")!.notCovered.join()).not.toContain("without a promise");
  });
});

describe("what is not covered", () => {
  test("other trainings on the same rows, and methods without a promise, are named", async () => {
    const trainings = [{ de: await account([0]) }, { de: await account([0]) }];
    const methods = [
      { entry: { name: "strong", kind: "fedavg" }, config: userLevel, trainings },
      { entry: { name: "weak", kind: "fedavg" }, config: userLevel, trainings },
      { entry: { name: "local", kind: "local" }, config: { kind: "none" }, trainings: [{}, {}] },
      { entry: { name: "best", kind: "best-possible" }, config: { kind: "none" }, trainings: [{}] },
    ] as const;
    expect(privacyOfMethods(methods).get("weak")!.notCovered).toMatchInlineSnapshot(`
      [
        "Rounding: noise is exact on a grid, but gradients are worked out in single precision. A part of the clip bound, from a thousandth up with the units of a step, is kept in reserve for that, which is an allowance and no proof.",
        "Other trainings of this experiment on the same rows, which have accounts of their own: strong (2 times), weak (once). For whoever sees several of the models, the epsilons of one unit add up, and so do the deltas.",
        "local: trained on the same rows without a promise. Against whoever sees such a model, or its metrics, nothing here holds.",
        "Settings that were chosen by results on the same rows: every try is a training of its own, and none of them is counted here.",
        "Metrics: they are exact numbers of validation and test rows, sent so that the experiment can be judged.",
        "Counts of rows, users and items, and what held-out rows share with training rows: this result tells them exactly.",
      ]
    `);
  });

  test("what shares the ledger is in the account already", async () => {
    const trainings = [{ de: await account([0]) }, { de: await account([0]) }];
    const config = { ...userLevel, ledger: "all.ledger" } as typeof userLevel;
    const methods = [
      { entry: { name: "strong", kind: "fedavg" }, config, trainings },
      { entry: { name: "weak", kind: "fedavg" }, config, trainings },
      { entry: { name: "apart", kind: "fedavg" }, config: userLevel, trainings },
    ] as const;
    const others = (name: string) =>
      privacyOfMethods(methods)
        .get(name)!
        .notCovered.filter((sentence) => sentence.startsWith("Other trainings"));
    expect(others("strong")[0]).toContain("of their own: apart (2 times). For");
    expect(others("apart")[0]).toContain("strong (2 times), weak (2 times), apart (once)");
    expect(privacyOfMethods(methods.slice(0, 2)).get("weak")!.notCovered.join()).not.toContain(
      "Other trainings",
    );
  });

  test("each kind says what it leaves out", async () => {
    const trainings = [{ de: await account([0], { unit: "client" }) }];
    const first = (config: object) =>
      only({ config: privacyConfig.parse(config), trainings }).notCovered[0];
    expect(first({ kind: "central" })).toContain("The way to the server");
    expect(first({ kind: "distributed", minimumClients: 5 })).toContain("1/5 of its variance");
    expect(first({ kind: "none" })).toContain("only the releases that the account lists");
    expect(first({ kind: "local", assumePublic: ["item", "age"] })).toContain(
      "Vocabularies and scales of item, age",
    );
    expect(first({ kind: "local" })).toContain("Settings that were chosen by results");
    const mechanism = { kind: "gaussian", noiseMultiplier: 2, samplingRate: 0.5 } as const;
    const sampled = await account([0], { unit: "client", amplified: { mechanism, count: 1 } });
    const config = privacyConfig.parse({ kind: "local" });
    expect(only({ config, trainings: [{ de: sampled }] }).notCovered[0]).toContain(
      "What the formula for sampling gives",
    );
    const secret = await account([0], { unit: "client", unamplified: { mechanism, count: 1 } });
    const central = privacyConfig.parse({ kind: "central" });
    const told = (server: AccountExport) =>
      only({ config: central, trainings: [{ server }] }).notCovered[1];
    expect(told(secret)).toContain("Who took part in a round: metrics.jsonl");
    expect(told(trainings[0]!.de)).not.toContain("Who took part");
    const users = only({
      entry: { name: "dp", kind: "fedcctr" },
      config: central,
      trainings: [{ server: secret }],
    }).notCovered.join();
    expect(users).not.toContain("Who took part");
  });
});
