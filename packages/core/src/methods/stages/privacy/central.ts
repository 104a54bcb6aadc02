import { AtollError } from "../../../errors/index.ts";
import type { StrategyUpdate } from "../../../federation/index.ts";
import type { ServerContext } from "../../../federation/stage.ts";
import {
  adaptiveClip,
  addGaussian,
  addNormal,
  clip,
  gridStepOf,
  ontoGrid,
  sumNoiseMultiplier,
  type Account,
  type UpdatePrivacyConfig,
  type Uses,
} from "../../../privacy/index.ts";
import { openAccount, refusalOf, servicesOf } from "./account.ts";
import { expectedCohort, samplingRateOf } from "./cohorts.ts";
import { noiseOf } from "./dp-sgd.ts";
import { asOne, type Answers, type ServerJoin } from "./join.ts";
import {
  learnedPart,
  movedBy,
  movementOf,
  type Movement,
  type MovementSettings,
} from "./movement.ts";
import { releaseName } from "./release-name.ts";

type CentralConfig = Extract<UpdatePrivacyConfig, { readonly kind: "central" }>;

/** Bits of a deviation on the grid; sums of all clients stay exact in doubles. */
function gridBits(numClients: number, noiseMultiplier: number): number {
  const largest = Math.ceil(Math.log2(numClients * Math.max(1, 1 / noiseMultiplier)));
  return Math.max(1, Math.min(32, 52 - largest));
}

/**
 * The server is trusted: it clips each client's movement to C, adds noise of deviation z C to their sum and
 * divides by the number of clients that it expects, whoever came. What comes out stands for the round as if
 * it were one client's answer, so that any strategy goes on from it.
 *
 * The sum is one of integers on a grid that each movement was rounded onto towards zero, so that one client
 * moves it by at most C, exactly. The list of clients is public; whether a client's rows took part is not.
 * Without noise nothing is promised, and clipped answers are joined by their rows.
 */
export function centralJoin(
  context: ServerContext,
  config: CentralConfig,
  { settings: { federation }, exchange: { padding } }: MovementSettings,
): ServerJoin {
  const services = servicesOf("server", context);
  const numClients = context.clients.length;
  const expected = expectedCohort(federation, numClients);
  const samplingRate = samplingRateOf(federation, numClients);
  const usesOf = (noiseMultiplier: number, rate = samplingRate): Uses => ({
    mechanism: { kind: "gaussian", noiseMultiplier, samplingRate: rate },
    count: 1,
  });
  const { rounds } = federation;
  const noiseMultiplier = noiseOf(config, (z) => ({ ...usesOf(z), count: rounds }));
  const bounds = clipRule(config, { expected, noiseMultiplier });
  const bits = gridBits(numClients, noiseMultiplier);
  let account: Promise<Account> | undefined;
  let bound = bounds.first;

  const charge = async (round: number, id: string) =>
    refusalOf(
      await (account ??= openAccount(services, {
        config,
        plan: [{ ...usesOf(noiseMultiplier), count: rounds }],
      })),
      {
        id,
        run: services.run,
        stage: "train",
        round,
        what: "the state that follows from the clients' movements",
        unit: "client",
        adjacency: "add-remove",
        uses: usesOf(noiseMultiplier),
        ...(samplingRate < 1 && { unamplified: usesOf(noiseMultiplier, 1) }),
      },
    );

  /** Clips in place; which updates were within the bound. */
  const clipped = ({ global, updates }: Answers) =>
    updates.map((update) => {
      const { client, arrays } = update;
      const movement = movementOf(client, global, arrays);
      const within = named(client, () => clip(movement, { bound, clipping: config.clipping }));
      return { update, movement, within };
    });

  return {
    join: async (answers) => {
      const { round, global } = answers;
      const contributions = clipped(answers);
      const count = contributions.reduce((sum, { within }) => sum + (within ? 0.5 : -0.5), 0);
      if (noiseMultiplier === 0) {
        const name = releaseName(services, {
          round,
          settings: ["central", 0],
          arrays: flattened(contributions),
        });
        const refused = await charge(round, name.id);
        if (refused) return refused;
        bound = bounds.next(bound, count);
        return {
          kind: "updates",
          updates: contributions.map(({ update, movement, within }) =>
            within ? update : { ...update, arrays: movedBy(global, movement) },
          ),
        };
      }
      const deviation = bounds.sumNoise * bound;
      const step = gridStepOf(deviation, bits);
      const sums = sumOnGrid(global, contributions, step);
      const name = releaseName(services, {
        round,
        settings: ["central", step, bits, count, bounds.countNoise],
        arrays: sums,
      });
      const refused = await charge(round, name.id);
      if (refused) return refused;
      const noise = name.noise("sum");
      for (const array of Object.keys(sums).sort()) {
        const sum = sums[array]!;
        addNormal(learnedPart(sum, array, padding), bits, noise);
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i]! * step) / expected;
      }
      if (bounds.countNoise !== undefined) {
        const noisy = Float64Array.of(count);
        addGaussian(noisy, bounds.countNoise, name.noise("count"));
        bound = bounds.next(bound, noisy[0]!);
      }
      return asOne(movedBy(global, sums));
    },
    save: () => ({ bound: bounds.countNoise === undefined ? null : bound }),
    load: (saved) => {
      bound = (saved["bound"] as number | null) ?? bounds.first;
    },
  };
}

/** A bound that stays above this leaves a grid to round onto. */
const LEAST_BOUND = 1e-12;

interface ClipRule {
  /** Bound of the first round. */
  readonly first: number;
  /** Noise multiplier of the sum beside which the count costs nothing more than z in all. */
  readonly sumNoise: number;
  /** Deviation of the noise on the count; undefined where the bound is fixed. */
  readonly countNoise: number | undefined;
  readonly next: (bound: number, noisyCount: number) => number;
}

function clipRule(
  { clipNorm }: CentralConfig,
  { expected, noiseMultiplier }: { readonly expected: number; readonly noiseMultiplier: number },
): ClipRule {
  if (typeof clipNorm !== "object") {
    const first = clipNorm === "infinity" ? Infinity : clipNorm;
    if (first === Infinity && noiseMultiplier > 0)
      throw new RangeError("privacy: noise on movements without a bound promises nothing");
    return { first, sumNoise: noiseMultiplier, countNoise: undefined, next: (bound) => bound };
  }
  const { countNoise = expected / 20, ...rule } = clipNorm;
  const { init, step } = adaptiveClip({ ...rule, countNoise, expectedUnits: expected });
  return {
    first: init(),
    sumNoise: sumNoiseMultiplier(noiseMultiplier, countNoise),
    countNoise,
    next: (bound, noisyCount) => Math.max(LEAST_BOUND, step(bound, noisyCount)),
  };
}

/** The sum of all movements in steps of the grid, exactly: whoever takes part moves it by its own rounded one. */
export function sumOnGrid(
  global: Answers["global"],
  contributions: readonly { readonly movement: Movement }[],
  step: number,
): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(global).map(([name, { data }]) => {
      const sum = new Float64Array(data.length);
      for (const { movement } of contributions) {
        const integers = ontoGrid(movement[name]!, step);
        for (let i = 0; i < sum.length; i++) sum[i]! += integers[i]!;
      }
      return [name, sum];
    }),
  );
}

function flattened(
  contributions: readonly { readonly update: StrategyUpdate; readonly movement: Movement }[],
): Record<string, Float64Array> {
  return Object.fromEntries(
    contributions.flatMap(({ update, movement }) =>
      Object.entries(movement).map(([name, moved]) => [`${update.client}/${name}`, moved]),
    ),
  );
}

/** Says whose update an error is about. */
function named<T>(client: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AtollError)) throw error;
    throw new AtollError(error.code, `client "${client}": ${error.message}`);
  }
}
