export { centralisedFedcctr } from "./centralised-fedcctr.ts";
export {
  centralisedStages,
  type CentralisedSettings,
  type Pretraining,
} from "./centralised-stages.ts";
export { clientsOf, type SimulatedClients } from "./clients.ts";
export type {
  CentralisedFedcctrConfig,
  FedcctrConfig,
  FedcctrSettings,
  CrossDomainSettings,
  Augmented,
} from "./config.ts";
export { fedcctr } from "./fedcctr.ts";
export { populationModel, type PopulationModel, type PopulationSettings } from "./settings.ts";
export type { ShardClients } from "./client-events.ts";
