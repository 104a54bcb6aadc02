export { onnxExecutor, type OnnxExecutorOptions } from "./onnx-executor.ts";
