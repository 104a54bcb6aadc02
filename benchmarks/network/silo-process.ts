import { createHash, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { decodeMessage, encodeMessage, type WireArray } from "@atoll/core/federation";
import { connectHttps, type ClientCarrier } from "@atoll/network/carriers";
import { connectNats, type NatsTls } from "@atoll/network/carriers/nats";
import { signingKeyOf, verify } from "@atoll/network/identity";
import {
  fetchBlob,
  sendBlob,
  serverCalls,
  type Claim,
  type Order,
  type OpenServerCalls,
} from "@atoll/network/protocol";
import { drawOf } from "./cohort.ts";
import type { Credentials } from "./server-process.ts";
import { answering } from "./workers.ts";

/* Silos without rows: they answer as soon as they are asked, with what they were sent and a little on top. */

export interface SiloParams {
  readonly url: string;
  readonly serverPublicKey: string;
  readonly authorityPem: string;
  readonly client: Credentials;
  readonly nats?: { readonly servers: readonly string[]; readonly tls: NatsTls };
  /** Part of the requests that are answered badly: not at all, with a failure, or with numbers that are none. */
  readonly bad: number;
  /** Part of the answers that are given twice. */
  readonly twice: number;
  /** Answers only once `release` is called. */
  readonly hold: boolean;
}

/** Of silos that are held. */
export interface Held {
  readonly fetchSeconds: number;
}
export interface Sent {
  readonly seconds: number;
}

/** What silos of this process have done. */
export interface Deeds {
  answered: number;
  silent: number;
  failed: number;
  wrong: number;
  twice: number;
  late: number;
  retries: Record<string, number>;
}

type RequestOrder = Extract<Order, { kind: "request" }>;
type Bad = "silent" | "failed" | "wrong";

const deeds: Deeds = {
  answered: 0,
  silent: 0,
  failed: 0,
  wrong: 0,
  twice: 0,
  late: 0,
  retries: {},
};
const stopping = new AbortController();
const { signal } = stopping;
const held = Promise.withResolvers<Held>();
const released = Promise.withResolvers<void>();
const sent = Promise.withResolvers<Sent>();
const working = new Set<Promise<void>>();

async function start(params: SiloParams): Promise<void> {
  const { client, serverPublicKey } = params;
  const carrier = await carrierOf(params);
  const calls = serverCalls({
    carrier,
    client: client.name,
    key: signingKeyOf(client.keyPem, "the key of the benchmark"),
    serverPublicKey,
    verify,
    now: () => Date.now(),
    newId: randomUUID,
    sleep: (ms, during) => pause(ms, undefined, { signal: during }),
    random: () => randomBytes(4).readUInt32LE() / 2 ** 32,
    onEvent: (event) => {
      if (event.kind === "retry") deeds.retries[event.code] = (deeds.retries[event.code] ?? 0) + 1;
    },
  });
  const work = poll(calls, params)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(async () => {
      calls.close();
      await carrier.close();
    });
  working.add(work);
}

async function carrierOf({ url, authorityPem, client, nats }: SiloParams): Promise<ClientCarrier> {
  if (nats !== undefined)
    return connectNats({
      servers: nats.servers,
      tls: () => nats.tls,
      client: client.name,
      timeoutMs: 120_000,
    });
  const { certificatePem, keyPem } = client;
  return connectHttps({
    url,
    authorityPem,
    identity: () => ({ certificatePem, keyPem: () => keyPem }),
  });
}

async function poll(calls: OpenServerCalls, params: SiloParams): Promise<void> {
  const busy = new Map<string, { order: RequestOrder; done: Promise<void> }>();
  while (!signal.aborted) {
    const { reply } = await calls.call(
      "poll",
      {
        waitMs: 20_000,
        busy: [...busy.values()].map(({ order: { cell, seq } }) => ({ cell, seq })),
      },
      { signal },
    );
    for (const order of reply.orders) {
      if (order.kind !== "request") continue;
      const name = `${order.cell.run} ${order.seq}`;
      if (busy.has(name)) continue;
      const work = async () => {
        // One that keeps silent stays busy, as if it computed for ever.
        if (await carryOut(calls, order, params)) busy.delete(name);
      };
      busy.set(name, { order, done: work() });
    }
    // As silos do: what is new is carried out before the next poll, unless it takes long.
    await Promise.race([pause(20), ...[...busy.values()].map(({ done }) => done)]);
  }
}

function badnessOf({ client, bad }: SiloParams, { cell, seq }: RequestOrder): Bad | undefined {
  const draw = drawOf("bad", cell.run, client.name, seq);
  if (draw >= bad) return undefined;
  return (["silent", "failed", "wrong"] as const)[Math.floor((draw / bad) * 3)];
}

/** False where it keeps silent. */
async function carryOut(
  calls: OpenServerCalls,
  order: RequestOrder,
  params: SiloParams,
): Promise<boolean> {
  const { cell, seq, request } = order;
  const bad = badnessOf(params, order);
  if (bad === "silent") {
    deeds.silent++;
    return false;
  }
  if (bad === "failed") {
    deeds.failed++;
    await calls.call("fail", { cell, seq, code: "BENCH", reason: "drawn by lot" }, { signal });
    return true;
  }
  const startMs = performance.now();
  const asked = await fetched(calls, request);
  const fetchSeconds = (performance.now() - startMs) / 1000;
  const answer = answerTo(asked, bad === "wrong");
  if (params.hold) {
    held.resolve({ fetchSeconds });
    await released.promise;
  }
  const beginMs = performance.now();
  await sendBlob(calls, answer.claim, {
    signal,
    read: (from, to) => answer.bytes.subarray(from, to),
  });
  const said = { cell, seq, request: request.sha256, answer: answer.claim };
  const { reply } = await calls.call("answer", said, { signal });
  sent.resolve({ seconds: (performance.now() - beginMs) / 1000 });
  if (reply.kind === "late") deeds.late++;
  else if (bad === "wrong") deeds.wrong++;
  else deeds.answered++;
  if (bad === undefined && drawOf("twice", params.client.name, seq) < params.twice) {
    deeds.twice++;
    await calls.call("answer", said, { signal });
  }
  return true;
}

async function fetched(calls: OpenServerCalls, claim: Claim): Promise<Uint8Array> {
  const bytes = new Uint8Array(claim.sizeBytes);
  await fetchBlob(calls, claim, {
    signal,
    write: async (offset, piece) => bytes.set(piece, offset),
  });
  return bytes;
}

function answerTo(asked: Uint8Array, isWrong: boolean): { bytes: Uint8Array; claim: Claim } {
  const request = decodeMessage(asked);
  const arrays: Record<string, WireArray> = {};
  const own = Math.random();
  for (const [name, { shape, data }] of Object.entries(request.arrays)) {
    const numbers = new Float32Array(data);
    for (let i = 0; i < numbers.length; i++) numbers[i] = isWrong ? NaN : numbers[i]! + own;
    arrays[name] = { shape, data: numbers };
  }
  const bytes = encodeMessage({ ...request, kind: "update", arrays });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, claim: { sha256, sizeBytes: bytes.length } };
}

answering({
  start,
  held: () => held.promise,
  release: async () => {
    released.resolve();
    return sent.promise;
  },
  deeds: async () => deeds,
  stop: async () => {
    stopping.abort();
    await Promise.all(working);
  },
});
