import { accountants, noiseMultiplierFor, type DpSgdConfig, type Uses } from "@atoll/core/privacy";
import { batchUnitsOf, passCost } from "@atoll/core/training";
import type { Experiment } from "@atoll/node/experiment";
import { planOf } from "@atoll/node/runs";

type Planned = ReturnType<typeof planOf>["methods"][number];

/** A training that both sides can do: local, by one optimiser, all passes to the end. */
export interface SharedTraining {
  readonly method: string;
  readonly settings: Planned["settings"];
  readonly passes: number;
  readonly privacy: DpSgdConfig | undefined;
}

export function sharedTrainings(experiment: Experiment): SharedTraining[] {
  return planOf(experiment).methods.flatMap(({ entry, settings }) => {
    const { training, federation, privacy } = settings;
    if (entry.kind !== "local" || training.select !== "last") return [];
    if (training.tables?.kind !== training.optimiser.kind) return [];
    return [
      {
        method: entry.name,
        settings,
        passes: federation.rounds * federation.localEpochs,
        privacy: privacy.kind === "dp-sgd" ? privacy : undefined,
      },
    ];
  });
}

/** What all steps of a private training come to on so many units. */
export interface PrivatePlan {
  readonly noiseMultiplier: number;
  readonly samplingRate: number;
  /** Steps of a pass. */
  readonly steps: number;
  readonly uses: readonly Uses[];
}

export function planOfUnits(
  { settings: { training }, passes }: Pick<SharedTraining, "settings" | "passes">,
  config: DpSgdConfig,
  numUnits: number,
): PrivatePlan {
  const rowsPerUnit = config.unit === "user" ? config.rowsPerUser : 1;
  const batchUnits = batchUnitsOf({ rowsPerUnit }, training.batchSize);
  const usesOf = (noiseMultiplier: number): Uses[] => {
    const cost = passCost({ noiseMultiplier, sampling: config.sampling }, { numUnits, batchUnits });
    return [{ mechanism: cost.mechanism, count: cost.steps * passes }];
  };
  const noiseMultiplier =
    config.noiseMultiplier ??
    noiseMultiplierFor({
      accountant: accountants[config.accountant],
      epsilon: config.epsilon!,
      delta: config.delta,
      uses: usesOf,
    });
  const uses = usesOf(noiseMultiplier);
  const { mechanism, count } = uses[0]!;
  return {
    noiseMultiplier,
    samplingRate: mechanism.kind === "gaussian" ? mechanism.samplingRate : 1,
    steps: count / passes,
    uses,
  };
}
