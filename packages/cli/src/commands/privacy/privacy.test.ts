import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ran } from "../../cli.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cli-privacy-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const privacy = (line: string) => ran(folder, ["privacy", ...line.split(" ")]);
async function inJson<T>(line: string): Promise<T> {
  return JSON.parse((await privacy(`${line} --json`)).stdout) as T;
}

test("help names the commands", async () => {
  expect((await privacy("--help")).stdout).toMatchInlineSnapshot(`
    "USAGE
      atoll privacy epsilon [--noise-multiplier Z] [--sampling-rate Q] [--steps T] [--step q=Q,z=Z,steps=T]... [--delta D] [--accountant rdp|zcdp|pld] [--json] [--html FILE]
      atoll privacy calibrate (--epsilon E) [--steps T] [--noise-multiplier Z] [--sampling-rate Q] [--delta D] [--accountant rdp|zcdp|pld] [--json]
      atoll privacy schedule (--noise-multiplier Z) (--rounds T) [--decay R] [--least-noise Z] [--sampling-rate Q] [--delta D] [--cap E] [--accountant rdp|zcdp] [--json] [--html FILE]
      atoll privacy explain [--json] [--html FILE] <PATH>...
      atoll privacy --help

    Say what noise costs, how much a budget needs, and what a run released

    FLAGS
      -h --help  Print help information and exit

    COMMANDS
      epsilon    What steps of Gaussian noise cost
      calibrate  The noise, or the number of steps, that a budget allows
      schedule   Epsilon round by round, of noise that decays
      explain    What runs released, by whom, to what total, and what that means in words
    "
  `);
});

interface Answers {
  readonly accountants: Readonly<
    Record<
      string,
      {
        readonly epsilon: number | "infinity";
        readonly unamplified?: number;
        readonly noiseMultiplier: number;
        readonly steps: number;
        readonly refused?: string;
      }
    >
  >;
}

describe("epsilon", () => {
  test("puts the accountants side by side, with and without amplification", async () => {
    const { stdout, exitCode } = await privacy(
      "epsilon --sampling-rate 0.0064 --noise-multiplier 1 --steps 782 --delta 1e-6",
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "782 steps, noise multiplier 1, sampling rate 0.0064
      delta 0.000001, one unit added or removed

      accountant  epsilon  not amplified
      rdp           1.617          535.3
      zcdp              -          535.3
      pld           1.199          523.1

      -: zcdp knows no amplification by sampling (samplingRate 0.0064); take the accountant rdp or pld, or account for samplingRate 1.
      Not amplified: against whoever sees which units a step took. The other holds only while sampling is Poisson and secret.
      Unit: what the noise multiplier is relative to, added or removed. Every value is an upper bound, rounded up.
      "
    `);
  });

  test("is what others report: TFP 1.616394 by Renyi, dp-accounting 6.767051 by loss distributions", async () => {
    const renyi = await inJson<Answers>(
      "epsilon --sampling-rate 0.0064 --noise-multiplier 1 --steps 782 --delta 1e-6 --accountant rdp",
    );
    expect(renyi.accountants["rdp"]!.epsilon).toBeLessThan(1.616395);
    expect(renyi.accountants["rdp"]!.epsilon).toBeGreaterThan(1.616394 * 0.999);
    const tight = await inJson<Answers>(
      "epsilon --sampling-rate 0.04 --noise-multiplier 1.5 --steps 2249 --accountant pld",
    );
    expect(tight.accountants["pld"]!.epsilon).toBeGreaterThan(6.767051);
    expect(tight.accountants["pld"]!.epsilon).toBeLessThan(6.767051 * 1.001);
  });

  test("takes steps that differ, here one after another as Opacus documents: 0.33634406", async () => {
    const { accountants } = await inJson<Answers>(
      "epsilon --step q=1e-5,z=1,steps=10 --step z=3,q=1e-4,steps=4 --accountant rdp",
    );
    expect(accountants["rdp"]!.epsilon).toBeLessThan(0.33634407);
    expect(accountants["rdp"]!.epsilon).toBeGreaterThan(0.32);
  });

  test("without sampling all three answer, and nothing is said of amplification", async () => {
    const { stdout } = await privacy("epsilon --noise-multiplier 4.530877117 --delta 1e-6");
    expect(stdout).not.toContain("amplification");
    // Epsilon is 1 to nine digits: rounded up, what is printed is never below.
    expect(stdout).toMatch(/^zcdp +1(\.001)?$/m);
    expect(stdout.match(/^(rdp|zcdp|pld) +[\d.]+$/gm)).toHaveLength(3);
  });

  test("no noise is no promise", async () => {
    const { accountants } = await inJson<Answers>("epsilon --noise-multiplier 0");
    expect(Object.values(accountants).map(({ epsilon }) => epsilon)).toEqual([
      "infinity",
      "infinity",
      "infinity",
    ]);
    expect((await privacy("epsilon --noise-multiplier 0")).stdout).toMatch(/^rdp +infinity$/m);
  });

  test("everything that is wrong is said at once", async () => {
    const { stderr, exitCode } = await privacy(
      "epsilon --sampling-rate 2 --noise-multiplier x --steps 1.5 --delta 3 --step q=0,foo=1,q=3",
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "--sampling-rate: "2" is not a number above 0, at most 1
      --noise-multiplier: "x" is not a number of at least 0
      --steps: "1.5" is not a whole number of at least 1
      --step "q=0,foo=1,q=3": "0" is not a number above 0, at most 1
      --step "q=0,foo=1,q=3": "foo=1" is none of q=, z= and steps=
      --step "q=0,foo=1,q=3": "q=3" is there twice
      --step "q=0,foo=1,q=3": z=, the noise multiplier, is missing
      --delta: "3" is not a number between 0 and 1
      "
    `);
    expect((await privacy("epsilon")).stderr.trim()).toBe(
      "give --noise-multiplier, or --step z=Z,...",
    );
  });

  test("--html draws a line for each accountant, dashed without amplification", async () => {
    await privacy(
      "epsilon --sampling-rate 0.01 --noise-multiplier 1 --steps 20 --accountant rdp --html e.html",
    );
    const html = await readFile(join(folder, "e.html"), "utf8");
    expect(html.match(/<polyline/g)).toHaveLength(2);
    expect(html.match(/stroke-dasharray:5 4/g)).toHaveLength(1);
    expect(html).not.toMatch(/https?:|<script|@import|url\(/);
  });
});

describe("calibrate", () => {
  test("finds the least noise: Opacus' 1.416 for epsilon 8, never above the budget", async () => {
    const { accountants } = await inJson<Answers>(
      "calibrate --epsilon 8 --sampling-rate 0.04 --steps 2250",
    );
    const { rdp, zcdp, pld } = accountants;
    expect(rdp!.noiseMultiplier).toBeGreaterThan(1.406);
    expect(rdp!.noiseMultiplier).toBeLessThan(1.417);
    expect(rdp!.epsilon).toBeLessThanOrEqual(8);
    expect(pld!.noiseMultiplier).toBeLessThan(rdp!.noiseMultiplier);
    expect(pld!.epsilon).toBeLessThanOrEqual(8);
    expect(zcdp!.refused).toContain("zcdp knows no amplification");
  });

  test("finds the most steps: one more would not fit", async () => {
    const { stdout } = await privacy(
      "calibrate --epsilon 2 --noise-multiplier 10 --accountant zcdp",
    );
    expect(stdout).toMatchInlineSnapshot(`
      "The most steps with noise multiplier 10, no sampling
      epsilon at most 2 at delta 0.00001, one unit added or removed

      accountant  steps  epsilon
      zcdp           21    1.967

      Noise and epsilon are rounded up.
      "
    `);
    const { accountants } = await inJson<Answers>(
      "calibrate --epsilon 2 --noise-multiplier 10 --accountant zcdp",
    );
    // rho = n / 200: by mpmath epsilon is 1.966524 for 21 steps, and 2.017747 for 22.
    expect(accountants["zcdp"]!.steps).toBe(21);
    expect(accountants["zcdp"]!.epsilon).toBeCloseTo(1.966524, 5);
  });

  test("even one step may be too much", async () => {
    const { accountants } = await inJson<Answers>(
      "calibrate --epsilon 0.1 --noise-multiplier 1 --accountant rdp",
    );
    expect(accountants["rdp"]).toEqual({ noiseMultiplier: 1, steps: 0, epsilon: 0 });
  });

  test("takes steps or noise, and a budget above 0", async () => {
    const { stderr, exitCode } = await privacy(
      "calibrate --epsilon 0 --steps 10 --noise-multiplier 1",
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "--epsilon: "0" is not a number above 0
      give either --steps, for the least noise, or --noise-multiplier, for the most steps
      "
    `);
  });
});

describe("schedule", () => {
  interface Scheduled {
    readonly stopsAfter?: { readonly epsilon: number; readonly unamplified?: number };
    readonly rounds: readonly { readonly epsilon: number; readonly unamplified?: number }[];
  }

  /*
   * 200 rounds at delta 1e-5. Sampled: dp-accounting 0.6.0 on orders 1.05, 1.1 ... 10.95 and 11 to 199. Without
   * sampling: the least over real orders for rho = sum of 1 / (2 z^2), by mpmath.
   */
  test.each([
    { q: 0.01, z: 1, decay: 1, epsilon: 1.34011133726895 },
    { q: 0.05, z: 2, decay: 0.997, epsilon: 2.986462460274409 },
    { q: 0.05, z: 4, decay: 0.991, epsilon: 6.1743724862213725 },
    { q: 1, z: 16, decay: 0.997, epsilon: 5.996129263526995 },
    { q: 1, z: 50, decay: 1, epsilon: 1.158030313791135 },
  ])("q = $q, z = $z, R = $decay: epsilon $epsilon", async ({ q, z, decay, epsilon }) => {
    const { rounds } = await inJson<Scheduled>(
      `schedule --noise-multiplier ${z} --decay ${decay} --rounds 200 --sampling-rate ${q}`,
    );
    expect(rounds).toHaveLength(200);
    expect(rounds[199]!.epsilon).toBeGreaterThan(epsilon * 0.9995);
    expect(rounds[199]!.epsilon).toBeLessThan(epsilon * 1.0005);
    expect(rounds[0]!.unamplified === undefined).toBe(q === 1);
  });

  test("says where a cap stops it", async () => {
    const { stdout } = await privacy(
      "schedule --noise-multiplier 16 --decay 0.997 --rounds 60 --least-noise 15 --cap 2",
    );
    expect(stdout).toMatchInlineSnapshot(`
      "60 rounds, noise multiplier 16, times 0.997 each round, at least 15, no sampling
      delta 0.00001, one unit added or removed, accountant rdp

      rounds  last noise  epsilon
      1               16    0.226
      2            15.95    0.329
      5            15.81   0.5423
      10           15.57   0.7959
      20           15.11     1.18
      50              15    1.998
      60              15    2.216

      ▂▂▂▃▃▃▃▃▃▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇▇▇████████  epsilon, rounds 1 to 60

      Cap 2: stops after round 50; one more would bring 2.021.
      Every value is an upper bound, rounded up.
      "
    `);
    const { rounds, stopsAfter } = await inJson<Scheduled>(
      "schedule --noise-multiplier 16 --decay 0.997 --rounds 60 --least-noise 15 --cap 2",
    );
    // By mpmath: 1.99761 after 50 rounds, 2.02023 after 51.
    expect(stopsAfter!.epsilon).toBe(50);
    expect(rounds[49]!.epsilon).toBeCloseTo(1.99761, 3);
    expect(rounds[50]!.epsilon).toBeCloseTo(2.02023, 3);
  });

  test("--html draws both curves and the cap", async () => {
    await privacy(
      "schedule --noise-multiplier 4 --rounds 12 --sampling-rate 0.1 --cap 3 --html s.html",
    );
    const html = await readFile(join(folder, "s.html"), "utf8");
    expect(html.match(/<polyline/g)).toHaveLength(2);
    expect(html).toContain("cap 3");
  });

  test("everything that is wrong is said at once", async () => {
    const { stderr, exitCode } = await privacy(
      "schedule --noise-multiplier -1 --rounds 0 --decay 1.1 --cap 0 --sampling-rate 0.5 --accountant zcdp",
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "--noise-multiplier: "-1" is not a number of at least 0
      --decay: "1.1" is not a number above 0, at most 1
      --rounds: "0" is not a whole number of at least 1
      --cap: "0" is not a number above 0
      --accountant zcdp knows no sampling; take rdp, or --sampling-rate 1
      "
    `);
  });
});
