import { AtollError } from "@atoll/core/errors";
import { listSupportedBackends } from "onnxruntime-node";

/** Where ONNX Runtime can compute: our name, its name, and what a machine needs for it. */
export const executionProviders = {
  cpu: { backend: "cpu", needs: "nothing else" },
  cuda: {
    backend: "cuda",
    needs:
      "an NVIDIA GPU on Linux, CUDA 12 with cuDNN 9, and ONNX Runtime's CUDA library, which " +
      "`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install` fetches",
  },
  directml: { backend: "dml", needs: "Windows with a DirectX 12 GPU" },
  coreml: { backend: "coreml", needs: "macOS" },
  webgpu: { backend: "webgpu", needs: "a GPU with Vulkan, Metal or DirectX 12 drivers" },
} as const satisfies Record<string, { readonly backend: string; readonly needs: string }>;

export type ExecutionProvider = keyof typeof executionProviders;

/** ONNX Runtime's names of providers. Throws EXECUTOR_PROVIDER for one that its build here has not. */
export function backendsOf(providers: readonly ExecutionProvider[]): string[] {
  const present = new Set<string>(listSupportedBackends().map(({ name }) => name));
  for (const provider of providers)
    if (!present.has(executionProviders[provider].backend))
      throw missingProvider(provider, "the ONNX Runtime of this platform is built without it");
  return providers.map((provider) => executionProviders[provider].backend);
}

/** A provider that cannot start here, with what it needs and the way out. */
export function missingProvider(
  provider: ExecutionProvider,
  reason: string,
  cause?: unknown,
): AtollError {
  return new AtollError(
    "EXECUTOR_PROVIDER",
    `the execution provider "${provider}" does not work here: ${reason}. It needs ` +
      `${executionProviders[provider].needs}; or leave it out and compute on "cpu"`,
    { cause },
  );
}
