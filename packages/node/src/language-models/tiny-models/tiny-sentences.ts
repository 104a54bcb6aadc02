import { streamOf, uniform } from "@atoll/core/random";
import { graphBuilder, writeModel } from "@atoll/core/tensor";

/** Entries of a vector. */
export const TINY_SENTENCE_WIDTH = 8;
const SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const WORDS = ["bread", "butter", "knife", "pan", "steel", "tea", "cup", "green"];

/** What the ONNX format takes for a size that is known at run time only. */
const UNKNOWN_SIZE = -1;

/**
 * The files of a sentence encoder, by path: words of a small vocabulary and a table of random vectors, so that a
 * sentence's vector is the mean of its tokens' rows. The same seed gives the same bytes on every machine.
 */
export function tinySentences(seed = 1): Readonly<Record<string, string | Uint8Array>> {
  return {
    "config.json": json({
      model_type: "bert",
      architectures: ["BertModel"],
      hidden_size: TINY_SENTENCE_WIDTH,
      vocab_size: tinyWords.length,
    }),
    "tokenizer_config.json": json({
      tokenizer_class: "BertTokenizer",
      pad_token: "[PAD]",
      unk_token: "[UNK]",
      cls_token: "[CLS]",
      sep_token: "[SEP]",
      model_max_length: 16,
    }),
    "tokenizer.json": json(tokenizer()),
    "onnx/model.onnx": encoder(seed),
  };
}

/** Row by row of `tinyTable`. */
export const tinyWords: readonly string[] = [...SPECIALS, ...WORDS];

/** [words, width], uniform on [-1, 1). */
export function tinyTable(seed = 1): Float32Array {
  const stream = streamOf(seed, "tiny-sentences");
  const size = tinyWords.length * TINY_SENTENCE_WIDTH;
  return Float32Array.from({ length: size }, () => 2 * uniform(stream) - 1);
}

/** last_hidden_state = table[input_ids]; the mask is read by whoever takes the mean. */
function encoder(seed: number): Uint8Array {
  const builder = graphBuilder();
  const shape = [UNKNOWN_SIZE, UNKNOWN_SIZE];
  const ids = builder.input("input_ids", shape, "int64");
  builder.input("attention_mask", shape, "int64");
  const table = builder.constant(
    tinyTable(seed),
    [tinyWords.length, TINY_SENTENCE_WIDTH],
    "float32",
  );
  const states = builder.node("Gather", [table, ids], [...shape, TINY_SENTENCE_WIDTH], "float32", {
    axis: { kind: "int", value: 0 },
  });
  return writeModel(
    "tiny-sentences",
    builder.build([{ name: "last_hidden_state", value: states }]),
  );
}

function tokenizer() {
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIALS.map(special),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: Object.fromEntries(
        ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [SPECIALS.indexOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tinyWords.map((word, id) => [word, id])),
    },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}
