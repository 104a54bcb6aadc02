import { z } from "zod";
import { AtollError } from "../../errors/index.ts";
import type { StoredMessage } from "../connection.ts";
import type { SavedState } from "../stage.ts";
import type { Message } from "../types.ts";
import { canonicalJson } from "./canonical-json.ts";
import {
  containerPieces,
  decodeContainer,
  encodeContainer,
  openContainer,
  type Container,
} from "./safetensors.ts";

/** Larger messages are refused before anything is read: 1 GiB. */
export const MAX_MESSAGE_BYTES = 2 ** 30;

/** Names, shapes and metadata of a message are no larger: 16 MiB, room for about a million values of features. */
export const MAX_HEADER_BYTES = 2 ** 24;

const metadataText = z.string().transform((text, context) => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  context.addIssue("metadata is no JSON object");
  return z.NEVER;
});

const envelope = z.strictObject({
  kind: z.string().min(1),
  stage: z.string().min(1),
  round: z.string().regex(/^(0|[1-9]\d{0,9})$/),
  metadata: metadataText,
});

const stateEnvelope = z.strictObject({ metadata: metadataText });

function parse<T>(schema: z.ZodType<T>, metadata: Readonly<Record<string, string>>): T {
  const result = schema.safeParse(metadata);
  if (result.success) return result.data;
  throw new AtollError(
    "MESSAGE_MALFORMED",
    `the envelope is wrong: ${z.prettifyError(result.error)}`,
  );
}

export function encodeMessage({ kind, stage, round, arrays, metadata }: Message): Uint8Array {
  return encodeContainer({
    arrays,
    metadata: { kind, stage, round: String(round), metadata: canonicalJson(metadata) },
  });
}

export function decodeMessage(bytes: Uint8Array, maxBytes = MAX_MESSAGE_BYTES): Message {
  return messageOf(decodeContainer(bytes, { maxBytes, maxHeaderBytes: MAX_HEADER_BYTES }));
}

/** The same of a message that lies elsewhere: each look at an array's data reads that array. */
export function openMessage(stored: StoredMessage, maxBytes = MAX_MESSAGE_BYTES): Message {
  return messageOf(openContainer(stored, { maxBytes, maxHeaderBytes: MAX_HEADER_BYTES }));
}

function messageOf({ arrays, metadata }: Container): Message {
  const { round, ...rest } = parse(envelope, metadata);
  return { ...rest, round: Number(round), arrays };
}

export function encodeState(state: SavedState): Uint8Array {
  return encodeContainer(containerOf(state));
}

/** The bytes of `encodeState` in pieces that share memory with the state: for large states. */
export function statePieces(state: SavedState): Uint8Array[] {
  return containerPieces(containerOf(state));
}

function containerOf({ arrays, metadata }: SavedState): Container {
  return { arrays, metadata: { metadata: canonicalJson(metadata) } };
}

/** States come from our own disk: they may be as large as memory allows. */
export function decodeState(bytes: Uint8Array): SavedState {
  const { arrays, metadata } = decodeContainer(bytes, {
    maxBytes: Infinity,
    maxHeaderBytes: Infinity,
  });
  return { arrays, metadata: parse(stateEnvelope, metadata).metadata };
}
