export {
  methodConfig,
  methods,
  resolveMethod,
  trainsModel,
  type MethodEntry,
  type MethodKind,
} from "./registry.ts";
export { EVALUATION_FILE } from "./stages/evaluate.ts";
export { TRAINED_FILE } from "./stages/start-from.ts";
export type { MethodDefinition, MethodSettings } from "./types.ts";
