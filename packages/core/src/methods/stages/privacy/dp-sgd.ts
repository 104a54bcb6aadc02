import type { TrainingData } from "../../../data/index.ts";
import { AtollError } from "../../../errors/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import {
  accountants,
  noiseMultiplierFor,
  type DpSgdConfig,
  type Mechanism,
  type Uses,
} from "../../../privacy/index.ts";
import {
  batchUnitsOf,
  passCost,
  unitsOf,
  type PassCost,
  type PrivateTraining,
  type Trainer,
} from "../../../training/index.ts";
import type { MethodSettings } from "../../types.ts";
import type { LocalRule } from "../local-rule.ts";
import { openAccount, refusalOf, servicesOf } from "./account.ts";
import type { ClientProtection } from "./protection.ts";
import { fingerprint, releaseName } from "./release-name.ts";

/** What a client's training looks like, worked out from its own rows. */
export interface DpSgdPlan {
  readonly training: PrivateTraining;
  readonly cost: PassCost;
  /** Passes of all rounds. */
  readonly passes: number;
}

/**
 * Each client plans for itself: its rows say how often a unit is drawn, and how many steps a pass has. Where
 * an epsilon is given, the noise is the least that keeps all planned steps within it.
 */
export function planDpSgd(
  config: DpSgdConfig,
  {
    data,
    settings: { training, federation },
  }: { readonly data: TrainingData; readonly settings: MethodSettings },
): DpSgdPlan {
  const rowsPerUnit = config.unit === "user" ? config.rowsPerUser : 1;
  const sizes = {
    numUnits: unitsOf(data, config.unit).count,
    batchUnits: batchUnitsOf({ rowsPerUnit }, training.batchSize),
  };
  checkDelta(config, sizes.numUnits);
  const passes = federation.rounds * federation.localEpochs;
  const costOf = (noiseMultiplier: number) =>
    passCost({ noiseMultiplier, sampling: config.sampling }, sizes);
  const noiseMultiplier = noiseOf(config, (multiplier) => usesOf(costOf(multiplier), passes));
  return {
    training: {
      unit: config.unit,
      rowsPerUnit,
      clip: clipOf(config),
      clipping: config.clipping,
      noiseMultiplier,
      sampling: config.sampling,
    },
    cost: costOf(noiseMultiplier),
    passes,
  };
}

/** Whoever publishes one unit in n, drawn at random, keeps any promise with delta 1 / n. */
function checkDelta({ delta, unit }: DpSgdConfig, numUnits: number): void {
  if (delta * numUnits < 1) return;
  throw new AtollError(
    "PRIVACY_TRAINING",
    `privacy.delta is ${delta}, but a client has ${numUnits} training ${unit}s: to publish one of them would keep that promise; set delta well below ${Number((1 / numUnits).toPrecision(2))}`,
  );
}

/** The noise as it is given, or as it follows from an epsilon for the planned uses. */
export function noiseOf(
  {
    noiseMultiplier,
    epsilon,
    accountant,
    delta,
  }: Pick<DpSgdConfig, "noiseMultiplier" | "epsilon" | "accountant" | "delta">,
  planned: (noiseMultiplier: number) => Uses,
): number {
  if (noiseMultiplier !== undefined) return noiseMultiplier;
  if (epsilon === undefined)
    throw new RangeError("privacy: neither noiseMultiplier nor epsilon is given");
  return noiseMultiplierFor({
    accountant: accountants[accountant],
    epsilon,
    delta,
    uses: (multiplier) => [planned(multiplier)],
  });
}

function usesOf({ mechanism, steps }: PassCost, passes: number): Uses {
  return { mechanism, count: steps * passes };
}

function clipOf({ clipNorm }: DpSgdConfig): PrivateTraining["clip"] {
  if (clipNorm === "infinity") return { kind: "fixed", norm: Infinity };
  if (typeof clipNorm === "number") return { kind: "fixed", norm: clipNorm };
  const { quantile, initial, learningRate, countNoise } = clipNorm;
  return { kind: "quantile", quantile, initial, learningRate, countNoise };
}

/**
 * DP-SGD inside the client: what the model has learned after each round is charged, at what all of the
 * round's steps cost, before the first of them is made. All further rounds follow from released models, and
 * the client's own tables stay where they are.
 */
export async function dpSgdProtection(
  context: ClientContext,
  config: DpSgdConfig,
  {
    data,
    settings,
    local,
  }: {
    readonly data: TrainingData;
    readonly settings: MethodSettings;
    readonly local: Pick<LocalRule, "settings">;
  },
): Promise<ClientProtection> {
  const services = servicesOf(`client ${context.name}`, context);
  const { training, cost, passes } = planDpSgd(config, { data, settings });
  const account = await openAccount(services, { config, plan: [usesOf(cost, passes)] });
  const { localEpochs } = settings.federation;
  const beginning = fingerprint({
    settings: [
      context.seed,
      context.name,
      settings.model,
      settings.training,
      training,
      localEpochs,
      local.settings,
    ],
    arrays: rowsOf(data),
  });
  return {
    training,
    before: async ({ round, arrays }, trainer) => {
      checkCost(trainer, cost);
      const name = releaseName(services, {
        round,
        settings: [beginning, trainer.save().metadata],
        arrays: {
          ...trainer.save().arrays,
          ...Object.fromEntries(
            Object.entries(arrays).map(([array, { data: sent }]) => [`sent:${array}`, sent]),
          ),
        },
      });
      const sampled = sameMechanism(cost.mechanism, cost.unamplified)
        ? {}
        : { unamplified: { mechanism: cost.unamplified, count: cost.steps * localEpochs } };
      const refused = await refusalOf(account, {
        id: name.id,
        run: services.run,
        stage: "train",
        round,
        what: `the model after ${localEpochs} private pass${localEpochs === 1 ? "" : "es"} over the client's rows`,
        unit: config.unit,
        adjacency: "add-remove",
        uses: usesOf(cost, localEpochs),
        ...sampled,
      });
      return refused ?? { kind: "granted", secrets: (pass) => passSecrets(name.noise, pass) };
    },
    release: async (_request, arrays) => ({ kind: "released", arrays }),
  };
}

/** One stream for each purpose of a pass: asked for again, it goes on where it was, and repeats nothing. */
function passSecrets(
  noise: (purpose: string) => (count: number) => Uint8Array,
  pass: number,
): (purpose: string) => (count: number) => Uint8Array {
  const streams = new Map<string, (count: number) => Uint8Array>();
  return (purpose) => {
    const stream = streams.get(purpose) ?? noise(`pass/${pass}/${purpose}`);
    streams.set(purpose, stream);
    return stream;
  };
}

/** The trainer has to cost what is charged; without noise anything costs epsilon infinity. */
function checkCost({ cost }: Trainer, planned: PassCost): void {
  if (planned.mechanism.noiseMultiplier === 0) return;
  const same = cost?.steps === planned.steps && sameMechanism(cost.mechanism, planned.mechanism);
  if (!same)
    throw new RangeError(
      `a pass costs ${JSON.stringify(cost)}, but ${JSON.stringify(planned)} was planned`,
    );
}

function sameMechanism(one: Mechanism, other: Mechanism): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Everything that training reads of the rows. */
function rowsOf({ train }: TrainingData): Parameters<typeof fingerprint>[0]["arrays"] {
  const { rows, at, itemAt, label, weight, user } = train;
  const { histories } = rows;
  return {
    categorical: rows.categorical,
    numeric: rows.numeric,
    at,
    itemAt,
    label,
    weight,
    user,
    items: histories?.items,
    starts: histories?.starts,
    ends: histories?.ends,
  };
}
