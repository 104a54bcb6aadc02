import { readModel } from "@atoll/core/tensor";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { TINY_SENTENCE_WIDTH, tinySentences, tinyTable, tinyWords } from "./tiny-sentences.ts";

const files = tinySentences();
const onnx = files["onnx/model.onnx"] as Uint8Array;

test("the encoder has the ports that sentence encoders have, of sizes known at run time", () => {
  const { inputs, outputs } = readModel(onnx);
  expect(inputs.map(({ name, elementType }) => [name, elementType])).toEqual([
    ["input_ids", 7],
    ["attention_mask", 7],
  ]);
  expect(outputs.map(({ name }) => name)).toEqual(["last_hidden_state"]);
});

test("ONNX Runtime gives a token's row of the table, for any number of texts and tokens", async () => {
  const session = await InferenceSession.create(onnx);
  const table = tinyTable();
  for (const ids of [
    [[2, 4, 3]],
    [
      [11, 0],
      [5, 1],
    ],
  ]) {
    const dims = [ids.length, ids[0]!.length];
    const input = BigInt64Array.from(ids.flat(), BigInt);
    const { last_hidden_state: states } = await session.run({
      input_ids: new Tensor("int64", input, dims),
      attention_mask: new Tensor("int64", new BigInt64Array(input.length).fill(1n), dims),
    });
    expect(states!.dims).toEqual([...dims, TINY_SENTENCE_WIDTH]);
    const rows = ids
      .flat()
      .flatMap((id) => [
        ...table.subarray(id * TINY_SENTENCE_WIDTH, (id + 1) * TINY_SENTENCE_WIDTH),
      ]);
    expect([...(states!.data as Float32Array)]).toEqual(rows);
  }
  await session.release();
});

test("the tokenizer's words are the rows of the table", () => {
  const { model } = JSON.parse(files["tokenizer.json"] as string) as {
    model: { vocab: Record<string, number> };
  };
  expect(Object.keys(model.vocab)).toEqual(tinyWords);
  expect(tinyTable()).toHaveLength(tinyWords.length * TINY_SENTENCE_WIDTH);
});
