import {
  columnsOfWorld,
  commonOfWorld,
  declaredSchema,
  scenariosConfig,
  scenarioWorld,
  splitClient,
  type SplitClient,
} from "../../data/index.ts";
import { modelConfig } from "../../models/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { settingsOf } from "../two-markets.fixture.ts";
import type { MethodSettings } from "../types.ts";

const world = scenariosConfig.parse({
  kind: "scenarios",
  scenarios: {
    big: { rows: 400 },
    clicks: { rows: 240, tasks: ["click"] },
    small: { rows: 160 },
  },
  features: 4,
  units: 4,
  ids: { fields: 2, values: 20, hash: 32 },
});

/** Three scenarios, of which one does not know its sales. */
export function scenarios(): SplitClient[] {
  const split = { kind: "random" as const, valid: 0.25, test: 0.25 };
  return scenarioWorld(world).map(({ client, table }) =>
    splitClient(table, { client, columns: columnsOfWorld(world), feedback: "explicit", split }, 1),
  );
}

/** A small MMoE with batch normalisation, two rounds. */
export function scenarioSettings(own: Partial<MethodSettings> = {}): MethodSettings {
  return settingsOf({
    model: modelConfig.parse({
      kind: "mmoe",
      width: 3,
      experts: 2,
      expertHidden: [5, 4],
      towerHidden: [3],
      batchNorm: true,
    }),
    training: trainingConfig.parse({
      batchSize: 64,
      optimiser: { kind: "adam", learningRate: 0.01 },
      selectBy: "auc:click",
    }),
    common: commonOfWorld(world),
    features: declaredSchema(columnsOfWorld(world)),
    metrics: ["auc:click"],
    selectBy: "auc:click",
    ...own,
  });
}
