import { streamOf, uniform } from "@atoll/core/random";
import { writeGguf, type GgufTensor, type GgufValue } from "./gguf.ts";
import { tinyVocabulary } from "./vocabulary.ts";

const WIDTH = 32;
const LAYERS = 2;
const HEADS = 4;
const HIDDEN = 64;
const CONTEXT = 8192;
/** What the first entry of a normalised state comes to, about: embeddings are 1 there and small elsewhere. */
const FIRST_ENTRY = 4.9;

export interface TinyLlamaOptions {
  readonly seed?: number;
  /** A Jinja chat template to put into the file; without one, programs fall back to a plain dialogue. */
  readonly chatTemplate?: string;
}

/**
 * A GGUF file of the llama architecture with random weights: two layers of width 32, a few hundred tokens, less than
 * 1 MiB. It has read nothing; pieces that JSON is made of are likelier than others, so that an answer held to a
 * grammar comes to an end. The same options give the same bytes on every machine.
 */
export function tinyLlama({ seed = 1, chatTemplate }: TinyLlamaOptions = {}): Uint8Array {
  const vocabulary = tinyVocabulary();
  const size = vocabulary.length;
  const matrix = (name: string, [inputs, outputs]: readonly [number, number], scale: number) => {
    const stream = streamOf(seed, "tiny-llama", name);
    const data = Float32Array.from(
      { length: inputs * outputs },
      () => scale * (2 * uniform(stream) - 1),
    );
    return { name, dimensions: [inputs, outputs], data };
  };
  const ones = (name: string): GgufTensor => ({
    name,
    dimensions: [WIDTH],
    data: new Float32Array(WIDTH).fill(1),
  });
  const embedding = matrix("token_embd.weight", [WIDTH, size], 0.2);
  const output = matrix("output.weight", [WIDTH, size], 0.5);
  for (let token = 0; token < size; token++) {
    embedding.data[token * WIDTH] = 1;
    output.data[token * WIDTH] = vocabulary[token]!.preference / FIRST_ENTRY;
  }
  const layers = Array.from({ length: LAYERS }, (_, layer) => {
    const block = (part: string) => `blk.${layer}.${part}.weight`;
    return [
      ones(block("attn_norm")),
      ...["attn_q", "attn_k", "attn_v", "attn_output"].map((part) =>
        matrix(block(part), [WIDTH, WIDTH], 0.1),
      ),
      ones(block("ffn_norm")),
      matrix(block("ffn_gate"), [WIDTH, HIDDEN], 0.1),
      matrix(block("ffn_up"), [WIDTH, HIDDEN], 0.1),
      matrix(block("ffn_down"), [HIDDEN, WIDTH], 0.1),
    ];
  });
  return writeGguf({
    metadata: metadataOf(vocabulary, chatTemplate),
    tensors: [embedding, ones("output_norm.weight"), output, ...layers.flat()],
  });
}

function metadataOf(
  vocabulary: ReturnType<typeof tinyVocabulary>,
  chatTemplate: string | undefined,
): Readonly<Record<string, GgufValue>> {
  const uint32 = (value: number): GgufValue => ({ kind: "uint32", value });
  const string = (value: string): GgufValue => ({ kind: "string", value });
  return {
    "general.architecture": string("llama"),
    "general.name": string("tiny random"),
    "llama.context_length": uint32(CONTEXT),
    "llama.embedding_length": uint32(WIDTH),
    "llama.block_count": uint32(LAYERS),
    "llama.feed_forward_length": uint32(HIDDEN),
    "llama.attention.head_count": uint32(HEADS),
    "llama.attention.head_count_kv": uint32(HEADS),
    "llama.attention.layer_norm_rms_epsilon": { kind: "float32", value: 1e-5 },
    "llama.rope.dimension_count": uint32(WIDTH / HEADS),
    "llama.vocab_size": uint32(vocabulary.length),
    "tokenizer.ggml.model": string("llama"),
    "tokenizer.ggml.tokens": { kind: "strings", value: vocabulary.map(({ text }) => text) },
    "tokenizer.ggml.scores": { kind: "float32s", value: vocabulary.map(({ score }) => score) },
    "tokenizer.ggml.token_type": { kind: "int32s", value: vocabulary.map(({ type }) => type) },
    "tokenizer.ggml.unknown_token_id": uint32(0),
    "tokenizer.ggml.bos_token_id": uint32(1),
    "tokenizer.ggml.eos_token_id": uint32(2),
    "tokenizer.ggml.add_bos_token": { kind: "bool", value: true },
    ...(chatTemplate === undefined ? {} : { "tokenizer.chat_template": string(chatTemplate) }),
  };
}
