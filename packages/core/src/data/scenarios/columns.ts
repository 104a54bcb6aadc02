import type { ColumnsConfig } from "../config.ts";
import type { ScenariosConfig } from "./config.ts";

/** The columns that hold each impression's true probability of a click, and of a click with a sale. */
export const scenarioOracles: readonly string[] = ["trueClick", "trueSale"];

/** The feature that tells scenarios apart. */
export const SCENARIO = "scenario";

const TABLE_ROWS_PER_ID = 8;

const idNames = ({ ids }: ScenariosConfig) =>
  Array.from({ length: ids?.fields ?? 0 }, (_, f) => `id${f}`);

/** What the columns of such a world's tables mean. */
export function columnsOfScenarios(config: ScenariosConfig): ColumnsConfig {
  const { features, ids, scenarioFeature } = config;
  const hash = ids && (ids.hash ?? TABLE_ROWS_PER_ID * ids.values);
  return {
    labels: { click: "click", sale: "sale" },
    categorical: [
      ...(scenarioFeature ? [{ column: SCENARIO, of: "context" as const }] : []),
      ...idNames(config).map((column) => ({ column, of: "context" as const, hash })),
    ],
    // As they are: scaled by each scenario's own rows, they would not mean the same in all of them.
    numeric: Array.from({ length: features }, (_, f) => ({
      column: `x${f}`,
      of: "context" as const,
      scale: "none" as const,
    })),
  };
}

/** Features that mean the same in every scenario. */
export function commonOfScenarios(config: ScenariosConfig): readonly string[] {
  return [...(config.scenarioFeature ? [SCENARIO] : []), ...idNames(config)];
}
