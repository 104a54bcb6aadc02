import type { ClosedJaxpr } from "@jax-js/jax";
import { lower, type Locate } from "./lowering/lower.ts";
import { loweringText } from "./lowering-text.ts";
import { writeModel } from "./onnx/writer.ts";
import type { TensorSpec } from "./types.ts";

/** So many programs are kept, the ones used last, none of them longer than this together with its text. */
const KEPT_PROGRAMS = 32;
const LONGEST_BYTES = 2 ** 19;
const kept = new Map<string, Uint8Array<ArrayBuffer>>();

/**
 * The ONNX bytes of a traced program. Clients, methods and seeds ask for the same programs again and again, and to
 * lower one takes longer than to trace it: equal ones are lowered once.
 */
export function lowered(
  program: string,
  closed: ClosedJaxpr,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
  locate: Locate,
): Uint8Array<ArrayBuffer> {
  const text = loweringText(program, closed, inputs, outputs);
  const known = text === undefined ? undefined : kept.get(text);
  const onnx = known ?? writeModel(program, lower(program, closed, inputs, outputs, locate));
  if (text !== undefined && text.length + onnx.length <= LONGEST_BYTES) {
    kept.delete(text);
    kept.set(text, onnx);
    if (kept.size > KEPT_PROGRAMS) kept.delete(kept.keys().next().value!);
  }
  // Bytes of one's own, which one may change.
  return onnx.slice();
}
