import { describe, expect, test } from "vitest";
import type { TrainingData } from "../../../data/index.ts";
import type { Message } from "../../../federation/types.ts";
import { accountants, privacyConfig, type DpSgdConfig } from "../../../privacy/index.ts";
import { trainingConfig, type Trainer } from "../../../training/index.ts";
import { settingsOf } from "../../two-markets.fixture.ts";
import { clientWith } from "./client.fixture.ts";
import { plainPasses } from "../local-rule.ts";
import { dpSgdProtection, planDpSgd } from "./dp-sgd.ts";

const configOf = (privacy: Readonly<Record<string, unknown>>) =>
  privacyConfig.parse({ kind: "dp-sgd", ...privacy }) as DpSgdConfig;

const base = settingsOf();
const settings = settingsOf({
  federation: { ...base.federation, rounds: 5, localEpochs: 2 },
  training: trainingConfig.parse({ batchSize: 20, select: "last" }),
});

/** Rows of so many users, one after the other. */
function dataOf(numRows: number, numUsers: number, price = 1): TrainingData {
  const numbers = (make: (i: number) => number) =>
    Array.from({ length: numRows }, (_, i) => make(i));
  return {
    schema: { categorical: [], numeric: [{ name: "price", of: "item" }] },
    train: {
      numRows,
      rows: {
        numRows,
        categorical: new Int32Array(0),
        numeric: Float32Array.from(numbers((i) => i * price)),
      },
      at: Int32Array.from(numbers((i) => i)),
      label: Float32Array.from(numbers((i) => i % 2)),
      user: Int32Array.from(numbers((i) => i % numUsers)),
    },
    parts: [],
  };
}

describe("each client plans for its own rows", () => {
  const planOf = (privacy: Readonly<Record<string, unknown>>, data = dataOf(90, 10)) =>
    planDpSgd(configOf(privacy), { data, settings });

  test("a delta that allows to publish one of the units is no promise", () => {
    expect(() => planOf({ noiseMultiplier: 2, delta: 0.02 })).toThrow(
      "privacy.delta is 0.02, but a client has 90 training examples: to publish one of them would keep that promise; set delta well below 0.011",
    );
    expect(() => planOf({ noiseMultiplier: 2, delta: 0.1, unit: "user" })).toThrow(
      "10 training users",
    );
    expect(planOf({ noiseMultiplier: 2, delta: 0.01 }).passes).toBe(10);
  });

  test("examples: 90 rows in steps of 20 are 5 steps a pass at rate 2/9, 10 passes in all", () => {
    const { cost, passes, training } = planOf({ noiseMultiplier: 2 });
    expect(passes).toBe(10);
    expect(cost).toEqual({
      mechanism: { kind: "gaussian", noiseMultiplier: 2, samplingRate: 20 / 90 },
      unamplified: { kind: "gaussian", noiseMultiplier: 2, samplingRate: 1 },
      steps: 5,
    });
    expect(training).toEqual({
      unit: "example",
      rowsPerUnit: 1,
      clip: { kind: "fixed", norm: 1 },
      clipping: "flat",
      noiseMultiplier: 2,
      sampling: "poisson",
    });
  });

  test("users: 10 of them, of whom a batch of 20 rows holds 5 with 4 rows each", () => {
    const { cost, training } = planOf({ noiseMultiplier: 2, unit: "user", rowsPerUser: 4 });
    expect(cost.mechanism).toMatchObject({ samplingRate: 0.5 });
    expect(cost.steps).toBe(2);
    expect(training).toMatchObject({ unit: "user", rowsPerUnit: 4 });
  });

  test("shuffled: a pass is one release of all", () => {
    const { cost } = planOf({ noiseMultiplier: 2, sampling: "shuffled" });
    expect(cost.steps).toBe(1);
    expect(cost.mechanism).toEqual(cost.unamplified);
  });

  test("bounds: none, a number, a quantile", () => {
    const clipOf = (clipNorm: unknown) => planOf({ noiseMultiplier: 0, clipNorm }).training.clip;
    expect(clipOf("infinity")).toEqual({ kind: "fixed", norm: Infinity });
    expect(clipOf(3)).toEqual({ kind: "fixed", norm: 3 });
    expect(clipOf({ quantile: 0.4 })).toEqual({
      kind: "quantile",
      quantile: 0.4,
      initial: 0.1,
      learningRate: 0.2,
      countNoise: undefined,
    });
  });

  test.each(["rdp", "pld"] as const)(
    "noise that spends epsilon 3, by %s, client by client",
    (accountant) => {
      for (const numRows of [40, 400]) {
        const { cost, passes } = planOf(
          { epsilon: 3, accountant, delta: 1e-6 },
          dataOf(numRows, 10),
        );
        const spent = accountants[accountant].epsilon(
          [{ mechanism: cost.mechanism, count: cost.steps * passes }],
          1e-6,
        );
        expect(spent).toBeLessThanOrEqual(3);
        expect(spent).toBeGreaterThan(3 * 0.999);
      }
    },
  );
});

const request = (round: number, value = 1): Message => ({
  kind: "train",
  stage: "train",
  round,
  arrays: { parameters: { shape: [1], data: Float32Array.of(value) } },
  metadata: {},
});

interface Setting {
  readonly privacy?: Readonly<Record<string, unknown>>;
  readonly data?: TrainingData;
  readonly own?: typeof settings;
  readonly learned?: number;
  readonly proximalMu?: number;
  readonly ledger?: ReturnType<typeof clientWith>["ledger"];
}

/** The protection of a client whose trainer has learned one number. */
async function open({
  privacy = {},
  data = dataOf(90, 10),
  own = settings,
  learned = 0,
  proximalMu = 0,
  ledger,
}: Setting = {}) {
  const { context, ledger: watched } = clientWith(ledger === undefined ? {} : { ledger });
  const config = configOf({ noiseMultiplier: 2, ...privacy });
  const protection = await dpSgdProtection(context, config, {
    data,
    settings: own,
    local: plainPasses(proximalMu),
  });
  const trainer = {
    cost: planDpSgd(config, { data, settings: own }).cost,
    save: () => ({ arrays: { "learned:parameters": Float32Array.of(learned) }, metadata: {} }),
  } as unknown as Trainer;
  const secretsOf = async (asked: Message) => {
    const permit = await protection.before(asked, trainer);
    if (permit.kind === "refused") throw new Error(permit.why);
    return permit.secrets!;
  };
  return { protection, trainer, secretsOf, ledger: watched };
}

/** The first bytes of the noise of a round's first pass. */
async function noiseOf(given: Setting, asked = request(0)): Promise<string> {
  const { secretsOf } = await open(given);
  return Buffer.from((await secretsOf(asked))(0)("noise")(16)).toString("hex");
}

describe("noise", () => {
  test("is the same for the same training, and another for anything that changes its numbers", async () => {
    const first = await noiseOf({});
    expect(await noiseOf({})).toBe(first);
    const others = await Promise.all([
      noiseOf({}, request(1)),
      noiseOf({}, request(0, 2)),
      noiseOf({ learned: 1 }),
      noiseOf({ proximalMu: 0.1 }),
      noiseOf({ data: dataOf(90, 10, 1.5) }),
      noiseOf({ data: dataOf(90, 9) }),
      noiseOf({ privacy: { noiseMultiplier: 3 } }),
      noiseOf({ privacy: { clipNorm: 2 } }),
      noiseOf({ own: { ...settings, training: { ...settings.training, batchSize: 21 } } }),
      noiseOf({ own: { ...settings, federation: { ...settings.federation, localEpochs: 3 } } }),
    ]);
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });

  test("of a pass goes on where it was when it is asked for again, and each pass has its own", async () => {
    const { secretsOf } = await open();
    const [one, again] = [await secretsOf(request(0)), await secretsOf(request(0))];
    const pass = one(0);
    const halves = [...pass("noise")(8), ...pass("noise")(8)];
    expect(halves).toEqual([...again(0)("noise")(16)]);
    expect(new Set([halves.slice(0, 8), halves.slice(8)].map(String)).size).toBe(2);
    const streams = [pass("sampling"), again(1)("noise"), again(0)("rows")];
    expect(new Set(streams.map((bytes) => String([...bytes(8)]))).size).toBe(3);
  });
});

test("a round is charged once, with and without amplification, before its first pass", async () => {
  const { secretsOf, ledger } = await open({ privacy: { unit: "user", rowsPerUser: 4 } });
  await secretsOf(request(0));
  await secretsOf(request(0));
  await secretsOf(request(1));
  const { charges, budget } = (await ledger.read("a"))!;
  const gaussian = { kind: "gaussian", noiseMultiplier: 2 };
  expect(charges.map(({ round }) => round)).toEqual([0, 1]);
  for (const charge of charges)
    expect(charge).toMatchObject({
      unit: "user",
      adjacency: "add-remove",
      what: "the model after 2 private passes over the client's rows",
      uses: { mechanism: { ...gaussian, samplingRate: 0.5 }, count: 4 },
      unamplified: { mechanism: { ...gaussian, samplingRate: 1 }, count: 4 },
    });
  expect(budget.adaptivity).toMatchObject({ kind: "planned", plan: [{ count: 20 }] });
});

test("a ledger that outlives the training has a filter, at an order that the plan fixes", async () => {
  const sampled = await open({ privacy: { ledger: "budget.sqlite", cap: 8 } });
  await sampled.secretsOf(request(0));
  const { budget } = (await sampled.ledger.read("a"))!;
  expect(budget.epsilon).toBe(8);
  expect(budget.adaptivity.kind).toBe("renyi-filter");
  const whole = await open({ privacy: { ledger: "budget.sqlite", sampling: "shuffled" } });
  await whole.secretsOf(request(0));
  expect((await whole.ledger.read("a"))!.budget.adaptivity.kind).toBe("zcdp-filter");
});

test("a ledger that outlives the training takes batches of every size, of all rows as well", async () => {
  const privacy = { ledger: "budget.sqlite", cap: 1000 };
  const own = { ...settings, training: { ...settings.training, batchSize: 1000 } };
  const whole = await open({ privacy, own });
  await whole.secretsOf(request(0));
  const { ledger } = whole;
  const parts = await open({ privacy, ledger });
  await parts.secretsOf(request(0));
  const { budget, charges } = (await ledger.read("a"))!;
  expect(budget.adaptivity.kind).toBe("renyi-filter");
  const gaussian = { kind: "gaussian", noiseMultiplier: 2 };
  expect(charges.map(({ uses }) => uses.mechanism)).toEqual([
    { ...gaussian, samplingRate: 1 },
    { ...gaussian, samplingRate: expect.closeTo(20 / 90, 12) as number },
  ]);
});

test("a trainer that costs something else than was planned is a programming error", async () => {
  const { protection, trainer } = await open();
  const { cost } = await open({ privacy: { noiseMultiplier: 1 } }).then((other) => other.trainer);
  await expect(protection.before(request(0), { ...trainer, cost })).rejects.toThrow("was planned");
  const none = { ...trainer, cost: undefined };
  await expect(protection.before(request(0), none)).rejects.toThrow("was planned");
});
