export { engineConfig, type EngineConfig } from "./config.ts";
export { onnxExecutor, type OnnxExecutorOptions } from "./onnx-executor.ts";
export { executionProviders, type ExecutionProvider } from "./providers.ts";
