import { withoutExperimentalWarnings } from "./without-experimental-warnings.ts";

const sqlite = withoutExperimentalWarnings(() => process.getBuiltinModule("node:sqlite"));

/**
 * The class of node:sqlite. Node 22 warns at its first use, in every thread, that it may change; which versions of
 * Node work is for Atoll's tests to know, so users are spared.
 */
export const DatabaseSync = sqlite.DatabaseSync;
export type DatabaseSync = InstanceType<typeof sqlite.DatabaseSync>;
