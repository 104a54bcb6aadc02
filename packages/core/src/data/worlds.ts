import type { ColumnsConfig } from "./config.ts";
import { columnsOfDomains, commonOfDomains } from "./cross-domain-world/columns.ts";
import type { CrossDomainConfig } from "./cross-domain-world/config.ts";
import { crossDomainWorld } from "./cross-domain-world/world.ts";
import { columnsOfScenarios, commonOfScenarios, scenarioOracles } from "./scenarios/columns.ts";
import type { ScenariosConfig } from "./scenarios/config.ts";
import { scenarioWorld } from "./scenarios/world.ts";
import {
  columnsOfWorld as columnsOfMarkets,
  commonOfWorld as commonOfMarkets,
  oracleColumn,
} from "./synthetic/columns.ts";
import type { SyntheticConfig } from "./synthetic/config.ts";
import { syntheticWorld } from "./synthetic/world.ts";
import type { WorldClient } from "./world-client.ts";

/** A made-up world whose true probabilities are known. */
export type WorldConfig = SyntheticConfig | ScenariosConfig | CrossDomainConfig;

/** Every client's rows, as a reader would hand them over; where seeds have worlds of their own, a seed's. */
export function worldClients(config: WorldConfig, seed = 0): WorldClient[] {
  if (config.kind === "synthetic") return syntheticWorld(config);
  if (config.kind === "cross-domain") return crossDomainWorld(config);
  const { worlds, worldSeed } = config;
  return scenarioWorld(worlds === "one" ? config : { ...config, worldSeed: worldSeed + seed });
}

/** Whether every seed has a world of its own. */
export function worldPerSeed(config: WorldConfig): boolean {
  return config.kind === "scenarios" && config.worlds === "each-seed";
}

/** The names of a world's clients. */
export function clientsOfWorld(config: WorldConfig): readonly string[] {
  switch (config.kind) {
    case "synthetic":
      return Object.keys(config.markets);
    case "scenarios":
      return Object.keys(config.scenarios);
    case "cross-domain":
      return Object.keys(config.domains);
  }
}

/** What the columns of a world's tables mean. */
export function columnsOfWorld(config: WorldConfig): ColumnsConfig {
  switch (config.kind) {
    case "synthetic":
      return columnsOfMarkets(config);
    case "scenarios":
      return columnsOfScenarios(config);
    case "cross-domain":
      return columnsOfDomains(config);
  }
}

/** Features that mean the same in every client of a world. */
export function commonOfWorld(config: WorldConfig): readonly string[] {
  switch (config.kind) {
    case "synthetic":
      return commonOfMarkets(config);
    case "scenarios":
      return commonOfScenarios(config);
    case "cross-domain":
      return commonOfDomains;
  }
}

/** Columns with the true probabilities, one for each label; none where rows are choices. */
export function oraclesOfWorld(config: WorldConfig): readonly string[] {
  if (config.kind === "scenarios") return scenarioOracles;
  return feedbackOfWorld(config) === "implicit" ? [] : [oracleColumn];
}

/** Whether a world's rows carry labels or are what users chose. */
export function feedbackOfWorld(config: WorldConfig): "explicit" | "implicit" {
  switch (config.kind) {
    case "synthetic":
      return config.feedback ?? "explicit";
    case "scenarios":
      return "explicit";
    case "cross-domain":
      return "implicit";
  }
}
