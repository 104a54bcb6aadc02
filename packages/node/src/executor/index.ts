export {
  allowedExecutor,
  programHash,
  type AllowedOptions,
  type SeenProgram,
} from "./allowed-executor.ts";
export { engineConfig, type EngineConfig } from "./config.ts";
export { onnxExecutor, type OnnxExecutorOptions } from "./onnx-executor.ts";
export { executionProviders, type ExecutionProvider } from "./providers.ts";
