import type { LocalSettings } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import type { Llama, LlamaChat, LlamaModel, LlamaModule } from "./llama.ts";

export interface LlamaOptions {
  readonly module: LlamaModule;
  /** Of the GGUF file. */
  readonly path: string;
  readonly threads?: number;
}

export interface OpenLlama {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** As many as there may be conversations at a time. */
  readonly chats: readonly LlamaChat[];
}

/** Loads a model and makes room for its conversations; frees what it took where that fails. */
export async function openLlama(
  settings: LocalSettings,
  { module: { getLlama, LlamaChat }, path, threads }: LlamaOptions,
): Promise<OpenLlama> {
  /** What llama.cpp complains of says more than the errors do that follow. */
  const complaints: string[] = [];
  const failure = (code: AtollError["code"], text: (reason: string) => string) => {
    return (cause: unknown): never => {
      const reason = complaints.length > 0 ? complaints.join("; ") : (cause as Error).message;
      throw new AtollError(code, text(reason), { cause });
    };
  };
  const llama = await getLlama({
    gpu: settings.gpu ? "auto" : false,
    build: "never",
    logLevel: "error",
    logger: (_, message) => complaints.push(message.trim()),
    progressLogs: false,
  }).catch(
    failure(
      "AUGMENTATION_PACKAGE",
      (reason) =>
        `augmentation.kind local: node-llama-cpp has no binary that runs here (${reason}); build one with "npx node-llama-cpp source download", or ask a server with augmentation.kind openai-compatible`,
    ),
  );
  try {
    checkGpu(settings, llama);
    const model = await llama
      .loadModel({ modelPath: path })
      .catch(
        failure(
          "AUGMENTATION_MODEL",
          (reason) =>
            `augmentation.model "${settings.model}": node-llama-cpp cannot load ${path} (${reason}); give a whole GGUF file of an architecture it knows that fits into memory`,
        ),
      );
    checkContext(settings, model);
    const context = await model
      .createContext({
        contextSize: settings.contextTokens,
        sequences: settings.concurrency,
        ...(threads === undefined ? {} : { threads }),
      })
      .catch(
        failure(
          "AUGMENTATION_MODEL",
          (reason) =>
            `augmentation.model "${settings.model}": conversations of augmentation.contextTokens ${settings.contextTokens}, augmentation.concurrency ${settings.concurrency} at a time, do not fit beside it (${reason}); lower either`,
        ),
      );
    const chats = Array.from(
      { length: settings.concurrency },
      () => new LlamaChat({ contextSequence: context.getSequence() }),
    );
    return { llama, model, chats };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

function checkGpu({ gpu }: LocalSettings, llama: Llama): void {
  if (gpu && llama.gpu === false)
    throw new AtollError(
      "EXECUTOR_PROVIDER",
      "augmentation.gpu is true, but node-llama-cpp finds no GPU that it has a binary for; set augmentation.gpu to false",
    );
}

function checkContext({ contextTokens, model }: LocalSettings, { trainContextSize }: LlamaModel) {
  if (contextTokens > trainContextSize)
    throw new AtollError(
      "AUGMENTATION_MODEL",
      `augmentation.contextTokens is ${contextTokens}, but "${model}" was trained on ${trainContextSize} tokens; lower it to that`,
    );
}
