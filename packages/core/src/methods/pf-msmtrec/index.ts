export { pfConfig, type PfConfig } from "./config.ts";
export { pfMsmtrec } from "./pf-msmtrec.ts";
