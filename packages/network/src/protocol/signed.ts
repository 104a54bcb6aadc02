import { createHash, webcrypto } from "node:crypto";
import { canonicalJson } from "@atoll/core/federation";
import { z } from "zod";
import type { SigningKey, Verify } from "../identity/types.ts";
import { encodeFrame, type Frame, type Header } from "./frame.ts";

/** Larger bodies are hashed beside the event loop. */
const SMALL_BODY_BYTES = 2 ** 16;
/** The last instant that a date can name. */
const MAX_TIME_MS = 8.64e15;
export const MAX_MESSAGE_LENGTH = 4000;

const version = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** 64 bytes in base64. */
const signature = z.string().regex(/^[A-Za-z0-9+/]{86}==$/);

export const requestHeaderSchema = z.strictObject({
  v: version,
  op: z.string().max(40),
  /** Null where nobody is enrolled yet: in `join` alone. */
  client: z.string().min(1).max(200).nullable(),
  /** Null before there is one: in `hello` and `join`. */
  session: z.string().min(1).max(100).nullable(),
  nonce: z.uuid(),
  sentAtMs: z.number().int().min(0).max(MAX_TIME_MS),
  /** Who signs: SPKI, base64. */
  key: z
    .string()
    .max(400)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/),
  params: z.record(z.string(), z.unknown()),
  bodySha256: sha256,
  signature,
});
export type RequestHeader = z.infer<typeof requestHeaderSchema>;

const answerBase = {
  v: version,
  /** The request's; empty where the request could not be read that far. */
  nonce: z.string().max(100),
  bodySha256: sha256,
  signature,
};
export const answerHeaderSchema = z.discriminatedUnion("status", [
  z.strictObject({
    ...answerBase,
    status: z.literal("ok"),
    reply: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    ...answerBase,
    status: z.literal("refused"),
    error: z.strictObject({
      code: z.string().min(1).max(60),
      message: z.string().max(MAX_MESSAGE_LENGTH),
    }),
  }),
]);
export type AnswerHeader = z.infer<typeof answerHeaderSchema>;

export type Unsigned<T> = T extends unknown ? Omit<T, "bodySha256" | "signature"> : never;

/** What a header's signature is of. */
export function signedBytes(header: Header): Uint8Array {
  return new TextEncoder().encode(canonicalJson({ ...header, signature: undefined }));
}

export async function sha256Of(body: Uint8Array): Promise<string> {
  if (body.length <= SMALL_BODY_BYTES) return createHash("sha256").update(body).digest("hex");
  const digest = await webcrypto.subtle.digest("SHA-256", body);
  return Buffer.from(digest).toString("hex");
}

/** The frame of a request or an answer, with its hash and its signature. */
export async function signFrame(
  key: Pick<SigningKey, "sign">,
  header: Unsigned<RequestHeader> | Unsigned<AnswerHeader>,
  body: Uint8Array,
): Promise<Uint8Array> {
  const whole = { ...header, bodySha256: await sha256Of(body) };
  const signature = Buffer.from(key.sign(signedBytes(whole))).toString("base64");
  return encodeFrame({ ...whole, signature }, body);
}

/** Whether header and body are what the holder of `publicKey` signed. */
export async function isSigned(
  verify: Verify,
  publicKey: string,
  { header, body }: Frame,
): Promise<boolean> {
  const bytes = Buffer.from(String(header["signature"]), "base64");
  return (
    verify(publicKey, signedBytes(header), bytes) && (await sha256Of(body)) === header["bodySha256"]
  );
}
