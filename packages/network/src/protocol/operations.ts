import { z } from "zod";

/*
 * All that a client can ask of the server. The client asks, the server answers; nothing is ever sent to a silo
 * that did not ask. Every operation may be done twice.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(200);
const bytes = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 40);
const count = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 31);
const text = z.string().max(4000);
const pem = z.string().max(20_000);

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

export const claimSchema = z.strictObject({ sha256, sizeBytes: bytes });
export const cellSchema = z.strictObject({ run: name, seed: count, method: name });
const arrival = z.strictObject({
  sha256,
  sizeBytes: bytes,
  receivedBytes: bytes,
  isWhole: z.boolean(),
});

const order = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("job"), run: name, job: claimSchema }),
  z.strictObject({
    kind: z.literal("request"),
    cell: cellSchema,
    seq: count,
    request: claimSchema,
  }),
  z.strictObject({ kind: z.literal("close"), cell: cellSchema }),
  z.strictObject({ kind: z.literal("forget"), run: name }),
]);

/** What one operation is asked with, and what its answer says; bytes may go with either. */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly params: Params;
  readonly reply: Reply;
}

export const operations = {
  /** Opens a session: no call of an earlier session is answered any more. The first word between any two. */
  hello: {
    params: z.strictObject({
      versions: z.array(count).min(1).max(16),
      software: z.string().max(100),
    }),
    reply: z.strictObject({ version: count, session: z.string(), serverTimeMs: z.number() }),
  },
  /** Uses an invitation; the only one that a stranger may call. Signed by the key that the request is about. */
  join: {
    params: z.strictObject({ token: z.string().max(200), request: pem }),
    reply: z.strictObject({ client: name, certificate: pem, authority: pem }),
  },
  /** A new certificate for a new key, signed by the old one. */
  rotate: {
    params: z.strictObject({ request: pem }),
    reply: z.strictObject({ certificate: pem }),
  },
  /** What to do next; waits for so long where there is nothing. Says what is being worked on, which keeps it leased. */
  poll: {
    params: z.strictObject({
      waitMs: z.number().int().min(0).max(60_000),
      busy: z.array(z.strictObject({ cell: cellSchema, seq: count })).max(1000),
    }),
    reply: z.strictObject({ orders: z.array(order).max(1000) }),
  },
  /** Bytes of a blob that an order named, as the answer's body. */
  fetch: {
    params: z.strictObject({
      sha256,
      offset: bytes,
      length: z
        .number()
        .int()
        .min(1)
        .max(2 ** 20),
    }),
    reply: z.strictObject({ sizeBytes: bytes }),
  },
  /** How much of a blob the server has. */
  arrival: { params: claimSchema, reply: arrival },
  /** The next chunk of a blob, as the body. */
  put: { params: claimSchema.extend({ offset: bytes }), reply: arrival },
  accept: {
    params: z.strictObject({ run: name, job: sha256 }),
    reply: z.strictObject({}),
  },
  /** The code and the sentence are all that the server learns. */
  refuse: {
    params: z.strictObject({ run: name, code: z.string().max(60), reason: text }),
    reply: z.strictObject({}),
  },
  /** The answer to a request is uploaded as a whole: let it count. */
  answer: {
    params: z.strictObject({ cell: cellSchema, seq: count, request: sha256, answer: claimSchema }),
    reply: z.strictObject({ kind: z.enum(["taken", "late", "refused"]), reason: text.optional() }),
  },
  /** A request that the client cannot answer. */
  fail: {
    params: z.strictObject({
      cell: cellSchema,
      seq: count,
      code: z.string().max(60),
      reason: text,
    }),
    reply: z.strictObject({}),
  },
  /** The cell is closed; what it released under a promise, as JSON. */
  closed: {
    params: z.strictObject({
      cell: cellSchema,
      account: z.string().max(100_000).refine(isJson, "is no JSON").optional(),
    }),
    reply: z.strictObject({}),
  },
  forgotten: { params: z.strictObject({ run: name }), reply: z.strictObject({}) },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;
export type ParamsOf<Name extends OperationName> = z.infer<(typeof operations)[Name]["params"]>;
export type ReplyOf<Name extends OperationName> = z.infer<(typeof operations)[Name]["reply"]>;

/** The versions of the protocol that this software speaks, best first. */
export const VERSIONS: readonly number[] = [1];
