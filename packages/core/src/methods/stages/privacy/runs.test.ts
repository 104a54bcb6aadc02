import { describe, expect, test } from "vitest";
import { accountants, type Uses } from "../../../privacy/index.ts";
import { describeMessages } from "../../../federation/index.ts";
import { trainStage } from "../train.ts";
import {
  CLIENTS,
  finalState,
  messagesOf,
  privateSettings,
  runPrivately,
  type PrivateOutcome,
} from "./run.fixture.ts";
import { watchedLedger } from "./services.fixture.ts";

const kinds = {
  "dp-sgd": { kind: "dp-sgd", noiseMultiplier: 1, clipNorm: 0.5 },
  central: { kind: "central", noiseMultiplier: 1, clipNorm: 0.5 },
  local: { kind: "local", noiseMultiplier: 2, clipNorm: 0.5, epsilon: 1e6 },
  distributed: { kind: "distributed", minimumClients: 3, clipNorm: 0.5 },
};
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];

const runs = new Map<Kind, Promise<PrivateOutcome>>();
const runOf = (kind: Kind) => {
  const run = runs.get(kind) ?? runPrivately({ settings: privateSettings(kinds[kind]) });
  runs.set(kind, run);
  return run;
};

const bytesUp = ({ traffic }: PrivateOutcome, stage = "train") =>
  traffic
    .filter(({ direction, message }) => direction === "up" && message.stage === stage)
    .map(({ client, bytes }) => [client, Buffer.from(bytes).toString("base64")] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

describe.each(names)("%s: nothing leaves a client but", (kind) => {
  const says = kind === "dp-sgd" ? ["numExamples"] : [];

  test("the arrays that are declared, and what is public beside them", async () => {
    const run = await runOf(kind);
    const updates = messagesOf(run, "update");
    expect(updates).toHaveLength(3 * CLIENTS.length);
    for (const { arrays, metadata } of updates) {
      expect(Object.keys(arrays).sort()).toEqual(["parameters", "table:wide/id0"]);
      expect(Object.keys(metadata)).toEqual(says);
    }
    for (const { arrays, metadata } of messagesOf(run, "finished"))
      expect([arrays, metadata]).toEqual([{}, {}]);
    const others = run.traffic.filter(
      ({ direction, message }) => direction === "up" && message.stage !== "train",
    );
    expect([...new Set(others.map(({ message }) => message.kind))].sort()).toEqual([
      "agreed",
      "measured",
      "values",
    ]);
    for (const { message } of others)
      if (message.kind === "values") expect(message.metadata).toEqual({ vocabularies: {} });
  });

  test("what its declaration lets through: no loss, no validation value, no progress", () => {
    const { messages } = trainStage(privateSettings(kinds[kind]), {
      kind: "federated",
      server: { kind: "one-for-all", strategy: undefined as never },
      normalisation: "federated",
    });
    const all = { numExamples: 9, trainLoss: 0.5, valid: { a: 0.6 }, stale: 1, finished: false };
    const lets = (name: "update" | "finished", metadata: Record<string, unknown>) =>
      messages[name]!.metadata.safeParse(metadata).success;
    for (const [name, value] of Object.entries(all)) {
      const required = kind === "dp-sgd" ? { numExamples: 9 } : {};
      expect(lets("update", { ...required, [name]: value })).toBe(says.includes(name));
      expect(lets("finished", { [name]: value })).toBe(false);
    }
  });

  test("the same bytes after an interruption, charged once", async () => {
    const whole = await runOf(kind);
    const resumed = await runPrivately({
      settings: privateSettings(kinds[kind]),
      interrupted: true,
    });
    expect(finalState(resumed)).toEqual(finalState(whole));
    expect(resumed.accounts).toEqual(whole.accounts);
  });

  test("the same bytes where a crash left nothing but ledger and secret, charged once", async () => {
    const whole = await runOf(kind);
    const ledger = watchedLedger();
    const settings = privateSettings(kinds[kind]);
    const first = await runPrivately({ settings, ledger });
    const second = await runPrivately({ settings, ledger });
    expect(bytesUp(second)).toEqual(bytesUp(first));
    expect(second.accounts).toEqual(whole.accounts);
  });

  test("noise on every number but the padding row, which stays zero", async () => {
    const run = await runOf(kind);
    const [sent, last] = [messagesOf(run, "train")[0]!.arrays, finalState(run)];
    for (const [name, { data }] of Object.entries(last)) {
      const padding = name === "parameters" ? 0 : 1;
      data.forEach((value, i) => {
        if (i < padding) expect(value).toBe(0);
        else expect(value).not.toBe(sent[name]!.data[i]);
      });
    }
  });

  test("other bytes under another secret", async () => {
    const other = await runPrivately({ settings: privateSettings(kinds[kind]), secret: 2 });
    expect(finalState(other)).not.toEqual(finalState(await runOf(kind)));
  });
});

test("what is charged is what the accountant says of the same releases, party by party", async () => {
  const gaussian = (noiseMultiplier: number, count: number, samplingRate = 1): Uses => ({
    mechanism: { kind: "gaussian", noiseMultiplier, samplingRate },
    count,
  });
  const epsilonOf = (uses: Uses) => accountants.rdp.epsilon([uses], 1e-5);
  const central = await runOf("central");
  expect(Object.keys(central.accounts)).toEqual(["server"]);
  expect(central.accounts["server"]!.spent.epsilon).toBeCloseTo(epsilonOf(gaussian(1, 3)), 9);
  for (const kind of ["dp-sgd", "local", "distributed"] as const)
    expect(Object.keys((await runOf(kind)).accounts)).toEqual(CLIENTS);

  // 30 training rows in steps of 10: three steps a pass, each at rate 1/3.
  const dpSgd = await runOf("dp-sgd");
  const [numExamples] = messagesOf(dpSgd, "update", "a").map(
    ({ metadata }) => metadata["numExamples"],
  );
  expect(numExamples).toBe(30);
  const { spent, charges, budget } = dpSgd.accounts["a"]!;
  expect(spent.epsilon).toBeCloseTo(epsilonOf(gaussian(1, 9, 1 / 3)), 9);
  expect(spent.unamplified).toBeCloseTo(epsilonOf(gaussian(1, 9)), 9);
  expect(charges.map(({ uses }) => uses)).toEqual(Array(3).fill(gaussian(1, 3, 1 / 3)));
  expect(budget.adaptivity).toEqual({ kind: "planned", plan: [gaussian(1, 9, 1 / 3)] });
});

test("a resumed server goes on with the bound that the clients' norms had moved", async () => {
  const clipNorm = { quantile: 0.5, initial: 1, countNoise: 2 };
  const settings = privateSettings({ ...kinds.central, clipNorm });
  const [whole, resumed] = [
    await runPrivately({ settings }),
    await runPrivately({ settings, interrupted: true }),
  ];
  expect(finalState(resumed)).toEqual(finalState(whole));
  expect(resumed.accounts).toEqual(whole.accounts);
});

test("dp-sgd: every pass has noise and sampling of its own", async () => {
  const settings = privateSettings(kinds["dp-sgd"], { rounds: 1, localEpochs: 2 });
  const { contexts } = await runPrivately({ settings });
  const purposes = contexts[0]!.privacy.labels
    .filter((label) => label.includes("/pass/"))
    .map((label) => label.slice(label.indexOf("/pass/")));
  for (const pass of [0, 1])
    for (const purpose of ["noise", "sampling"])
      expect(purposes.filter((name) => name === `/pass/${pass}/${purpose}`)).toHaveLength(1);
});

test("in words, arrays say what protects them", () => {
  const wordsOf = (kind: Kind) =>
    describeMessages([
      trainStage(privateSettings(kinds[kind]), {
        kind: "federated",
        server: { kind: "one-for-all", strategy: undefined as never },
        normalisation: "federated",
      }),
    ]).find((message) => message.kind === "update")!;
  expect(wordsOf("local").arrays["parameters"]).toMatch(
    /; clipped, with the client's own noise on every number$/,
  );
  expect(wordsOf("distributed").arrays["table:wide/id0"]).toMatch(
    /protects sums of 3 clients, and a single client only where secure aggregation hides/,
  );
  expect(wordsOf("dp-sgd").purpose).toBe(
    "the client's share after its passes over its own rows, with the row count",
  );
});

describe.each(names)("%s: another input is another release", (kind) => {
  const given = (rest: Readonly<Record<string, unknown>>, learningRate: number) => {
    const settings = privateSettings({ ...kinds[kind], ...rest });
    const optimiser = { kind: "adam" as const, learningRate, weightDecay: 0 };
    return { ...settings, training: { ...settings.training, optimiser } };
  };

  test("with other noise, which a ledger that outlives the run charges", async () => {
    const ledger = watchedLedger();
    const shared = { ledger: "shared.sqlite" };
    const first = await runPrivately({ settings: given(shared, 0.05), ledger });
    const charges = Object.values(first.accounts)[0]!.charges.length;
    const { accounts } = await runPrivately({ settings: given(shared, 0.06), ledger });
    for (const { charges: all, spent } of Object.values(accounts)) {
      expect(all).toHaveLength(2 * charges);
      expect(new Set(all.map(({ id }) => id)).size).toBe(2 * charges);
      expect(spent.epsilon).toBeGreaterThan(Object.values(first.accounts)[0]!.spent.epsilon);
    }
  });

  test("and a plan has no room for it", async () => {
    const ledger = watchedLedger();
    await runPrivately({ settings: given({}, 0.05), ledger });
    await expect(runPrivately({ settings: given({}, 0.06), ledger })).rejects.toMatchObject({
      code: "PRIVACY_PLAN",
    });
  });
});

describe("without noise and without a bound a promise changes nothing, bit for bit", () => {
  const plain = { kind: "none" };
  test.each([
    ["fedavg", { kind: "central", noiseMultiplier: 0, clipNorm: "infinity" }],
    ["fedprox", { kind: "central", noiseMultiplier: 0, clipNorm: "infinity" }],
    ["fedadam", { kind: "central", noiseMultiplier: 0, clipNorm: "infinity" }],
    ["fedavg", { kind: "local", noiseMultiplier: 0, clipNorm: "infinity" }],
    ["fedadam", { kind: "local", noiseMultiplier: 0, clipNorm: "infinity" }],
    ["fedavg", { kind: "dp-sgd", noiseMultiplier: 0, clipNorm: "infinity" }],
  ] as const)("%s, %o", async (method, privacy) => {
    const [one, other] = await Promise.all(
      [privacy, plain].map((block) =>
        runPrivately({ method, settings: privateSettings(block, { clientsPerRound: 3 }) }),
      ),
    );
    expect(finalState(one!)).toEqual(finalState(other!));
    for (const account of Object.values(one!.accounts))
      expect(account.spent.epsilon).toBe(Infinity);
  });
});

describe("a spent budget ends well", () => {
  test("local: clients retire, and training is over when nobody is left", async () => {
    const settings = privateSettings(
      { kind: "local", noiseMultiplier: 4, mode: "static", epsilon: 2 },
      { rounds: 6 },
    );
    const run = await runPrivately({ settings });
    const resumed = await runPrivately({ settings, interrupted: true });
    const updates = messagesOf(run, "update", "a");
    const last = updates.at(-1)!;
    expect(updates.length).toBeLessThan(6);
    expect(last).toMatchObject({ arrays: {}, metadata: { retired: true } });
    expect(run.retired.clients).toEqual(
      Object.fromEntries(CLIENTS.map((client) => [client, last.round])),
    );
    for (const client of CLIENTS)
      expect(run.accounts[client]!.spent.epsilon).toBeLessThanOrEqual(2);
    // The last state that was paid for is the final one.
    expect(finalState(run)).toEqual(messagesOf(run, "train", "a").at(-1)!.arrays);
    expect(finalState(resumed)).toEqual(finalState(run));
    const told = await run.contexts[0]!.store.read("retired");
    expect(Buffer.from(told!).toString()).toContain("and the cap is 2");
  });

  test("dp-sgd: the round is not trained", async () => {
    const settings = privateSettings({ ...kinds["dp-sgd"], cap: 6 }, { rounds: 4 });
    const run = await runPrivately({ settings });
    const retiredAt = run.retired.clients["a"]!;
    expect(retiredAt).toBeGreaterThan(0);
    expect(run.accounts["a"]!.charges).toHaveLength(retiredAt);
    expect(run.accounts["a"]!.spent.epsilon).toBeLessThanOrEqual(6);
  });

  test("dp-sgd alone: the client stops at its own time, and its last model stays", async () => {
    const settings = privateSettings({ ...kinds["dp-sgd"], cap: 6 }, { rounds: 4, shared: [] });
    const run = await runPrivately({ method: "local", settings });
    const updates = messagesOf(run, "update", "a");
    expect(updates.at(-1)!.metadata["finished"]).toBe(true);
    expect(updates.map(({ metadata }) => Object.keys(metadata).sort())).toEqual(
      updates.map((_, i) =>
        i === updates.length - 1
          ? ["finished", "numExamples", "retired", "stale", "valid"]
          : ["finished", "numExamples", "stale", "valid"],
      ),
    );
    expect(run.retired.clients["a"]).toBe(updates.length - 1);
    expect(run.accounts["a"]!.charges).toHaveLength(updates.length - 1);
  });

  test("central: the server publishes no more", async () => {
    const settings = privateSettings({ ...kinds.central, cap: 6 }, { rounds: 4 });
    const run = await runPrivately({ settings });
    expect(run.retired.stopped).toMatchObject({ round: 1 });
    expect(run.retired.stopped!.why).toContain("the cap is 6");
    expect(messagesOf(run, "train", "a")).toHaveLength(2);
    expect(finalState(run)).toEqual(messagesOf(run, "train", "a").at(-1)!.arrays);
  });
});

describe("noise from an epsilon spends it over all planned steps", () => {
  test.each([
    ["dp-sgd", "fedavg"],
    ["dp-sgd", "local"],
    ["central", "fedavg"],
  ] as const)("%s, %s", async (kind, method) => {
    const settings = privateSettings({ kind, epsilon: 2 }, { localEpochs: 2 });
    const { accounts } = await runPrivately({ method, settings });
    for (const { spent } of Object.values(accounts)) {
      expect(spent.epsilon).toBeLessThanOrEqual(2);
      expect(spent.epsilon).toBeGreaterThan(2 * 0.999);
    }
  });
});

describe("Poisson cohorts", () => {
  const poisson = { rounds: 8, cohort: "poisson", clientsPerRound: 1 } as const;

  test("vary in size, may be empty, and follow from the server's secret", async () => {
    const settings = privateSettings(kinds.local, poisson);
    const [one, again, other] = [
      await runPrivately({ settings }),
      await runPrivately({ settings, interrupted: true }),
      await runPrivately({ settings, secret: 2 }),
    ];
    const asked = (run: PrivateOutcome) =>
      run.traffic
        .filter(({ direction, message }) => direction === "down" && message.kind === "train")
        .map(({ client, message }) => `${message.round}${client}`)
        .sort();
    expect(asked(again)).toEqual(asked(one));
    expect(asked(other)).not.toEqual(asked(one));
    expect(finalState(again)).toEqual(finalState(one));
    expect(again.accounts).toEqual(one.accounts);
    expect(new Set(asked(one)).size).toBe(asked(one).length);
    // All rounds count for those who were asked, the amplified way, whenever they were.
    for (const { charges } of Object.values(one.accounts))
      expect(charges.reduce((sum, { amplified }) => sum + amplified!.count, 0)).toBe(8);
  });

  test("central: all eight rounds are charged, empty ones too, at rate 1/4", async () => {
    const { accounts } = await runPrivately({ settings: privateSettings(kinds.central, poisson) });
    const { charges } = accounts["server"]!;
    expect(charges).toHaveLength(8);
    for (const { uses } of charges)
      expect(uses.mechanism).toEqual({ kind: "gaussian", noiseMultiplier: 1, samplingRate: 1 / 4 });
  });
});

test("a training that would tell more than its promise covers is a programming error", () => {
  const federated = {
    kind: "federated",
    server: { kind: "one-for-all", strategy: undefined as never },
    normalisation: "federated",
  } as const;
  const settings = privateSettings(kinds.local);
  expect(() => trainStage(settings, { ...federated, evidence: true, personal: 1 })).toThrow(
    "privacy local does not cover this training: answers say how many labels there are; a second model is trained",
  );
  expect(() => trainStage(settings, { kind: "alone" })).toThrow("nothing leaves a client");
  const choosing = { ...settings, training: { ...settings.training, select: "best" as const } };
  expect(() => trainStage(choosing, federated)).toThrow("a round is chosen by validation rows");
});
