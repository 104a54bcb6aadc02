import type { LOG_LEVELS } from "@atoll/network/operations";

export const logLevelFlag = {
  kind: "enum",
  values: ["debug", "info", "warn", "error"] as const satisfies typeof LOG_LEVELS,
  default: "info",
  brief: "how much is said",
} as const;
