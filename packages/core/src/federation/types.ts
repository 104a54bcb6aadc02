import type { z } from "zod";

/** An array on the wire: element type, shape, row-major data. */
export interface WireArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** All that server and client ever say to each other. Encoded by one codec, also in-process. */
export interface Message {
  /** What the message is, for example `train`, `update`, `evaluate`; a stage declares its kinds. */
  readonly kind: string;
  readonly stage: string;
  readonly round: number;
  readonly arrays: Readonly<Record<string, WireArray>>;
  /** JSON, checked against the stage's declaration at both ends. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * What a message kind may carry. A message with an array or a metadata key outside of its declaration
 * is refused before it is sent: nothing leaves a client but what the method declares.
 */
export interface MessageDeclaration {
  /** Names of arrays that may travel, each with one sentence that says what it reveals. */
  readonly arrays: Readonly<Record<string, string>>;
  readonly metadata: z.ZodType<Record<string, unknown>>;
  /** One sentence for the privacy officer. */
  readonly purpose: string;
  /** Of a request: the kinds that may answer it. A message without is an answer. */
  readonly answeredBy?: readonly string[];
}
