/*
 * What is used of node-llama-cpp 3.22. Its own types are not there where the package is not installed.
 */
export interface LlamaModule {
  readonly getLlama: (options: {
    readonly gpu: "auto" | false;
    readonly build: "never";
    readonly logLevel: "error";
    readonly logger: (level: string, message: string) => void;
    readonly progressLogs: false;
  }) => Promise<Llama>;
  readonly LlamaChat: new (options: { readonly contextSequence: LlamaSequence }) => LlamaChat;
}

export interface Llama {
  /** The kind of device in use. */
  readonly gpu: string | false;
  /** For one step of all conversations, at most; may be set at any time and holds from the next step. */
  maxThreads: number;
  readonly loadModel: (options: { readonly modelPath: string }) => Promise<LlamaModel>;
  readonly createGrammarForJsonSchema: (schema: unknown) => Promise<LlamaGrammar>;
  readonly dispose: () => Promise<void>;
}

export interface LlamaModel {
  readonly trainContextSize: number;
  readonly tokenizer: LlamaTokenizer;
  readonly createContext: (options: {
    /** Tokens of one sequence. */
    readonly contextSize: number;
    readonly sequences: number;
    readonly threads?: number;
  }) => Promise<{ readonly getSequence: () => LlamaSequence }>;
}

export interface LlamaSequence {
  readonly tokenMeter: { readonly usedOutputTokens: number };
}

export type LlamaTurn =
  | { readonly type: "system" | "user"; readonly text: string }
  | { readonly type: "model"; readonly response: readonly string[] };

export interface LlamaChat {
  readonly sequence: LlamaSequence;
  /** The model's own template of conversations, or a plain one. */
  readonly chatWrapper: {
    readonly generateContextState: (options: { readonly chatHistory: readonly LlamaTurn[] }) => {
      readonly contextText: {
        readonly tokenize: (tokenizer: LlamaTokenizer) => { readonly length: number };
      };
    };
  };
  readonly generateResponse: (
    history: readonly LlamaTurn[],
    options: {
      readonly grammar: LlamaGrammar;
      readonly temperature: number;
      readonly seed: number;
      readonly maxTokens: number;
      readonly repeatPenalty: false;
      readonly signal: AbortSignal;
    },
  ) => Promise<{ readonly response: string; readonly metadata: { readonly stopReason: string } }>;
}

export interface LlamaGrammar {
  readonly grammar: string;
}

export interface LlamaTokenizer {
  (text: string): readonly number[];
}
