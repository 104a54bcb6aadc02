import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeMessage, encodeMessage, type Message } from "@atoll/core/federation";
import { openBlobStore, type OpenBlobStore } from "../blobs/index.ts";
import type { CallContext, Claim, OperationHandlers, Order } from "../protocol/index.ts";
import { openRecord, openSqlite, type RunRecord } from "../record/index.ts";
import { openCoordinator, type Coordinator } from "./coordinator.ts";

const now = () => Date.now();
const rounds = { deadlineSeconds: null, minimum: 1, target: 1 };
/** Two markets; the first thing that is asked is a round of training. */
const experiment = {
  name: "strangers",
  data: { kind: "synthetic", markets: { a: { rows: 300 }, b: { rows: 200 } } },
  split: { kind: "random", valid: 0.2, test: 0.2 },
  model: { kind: "deepfm", width: 2, hidden: [4] },
  methods: ["fedavg"],
  federation: { rounds: 2 },
  seeds: [1],
};

let directory: string;
let record: RunRecord;
let blobs: OpenBlobStore;
let coordinator: Coordinator;
let handlers: OperationHandlers;
let stop: AbortController;
let working: Promise<void>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "atoll-strangers-"));
  record = await openRecord(await openSqlite(join(directory, "record.sqlite")));
  blobs = await openBlobStore({ directory: join(directory, "blobs"), maxBlobBytes: 2 ** 30, now });
  coordinator = await openCoordinator({
    record,
    blobs,
    directory,
    now,
    newId: randomUUID,
    // In place of requests for certificates: the key that each is about.
    publicKeyOf: async (request) => request,
    issue: async (request) => ({
      certificatePem: `for ${request}`,
      serial: randomUUID(),
      publicKey: request,
      notAfterMs: now() + 1e6,
    }),
    authorityPem: () => "authority",
    onEvent: () => {},
  });
  ({ handlers } = coordinator);
  stop = new AbortController();
  for (const client of ["a", "b", "c"]) await enrol(client);
  working = coordinator.work(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await working;
  await blobs.close();
  await record.close();
  await rm(directory, { recursive: true, force: true });
});

const contextOf = (client: string, body: Uint8Array = new Uint8Array()): CallContext => ({
  client,
  publicKey: `key of ${client}`,
  body,
  signal: stop.signal,
});

async function enrol(client: string): Promise<void> {
  const tokenHash = createHash("sha256").update(`token of ${client}`).digest("hex");
  await record.invite({ client, tokenHash, expiresAtMs: now() + 1e6, nowMs: now() });
  await handlers.join(
    { token: `token of ${client}`, request: `key of ${client}` },
    contextOf(client),
  );
}

/** The next order of a kind; jobs on the way to it are accepted. */
async function orderOf<Kind extends Order["kind"]>(
  client: string,
  kind: Kind,
): Promise<Extract<Order, { readonly kind: Kind }>> {
  for (;;) {
    const { orders } = (await handlers.poll(
      { waitMs: 1000, busy: [] },
      contextOf(client),
    )) as unknown as { readonly orders: readonly Order[] };
    const found = orders.find((order) => order.kind === kind);
    if (found !== undefined) return found as Extract<Order, { readonly kind: Kind }>;
    for (const order of orders)
      if (order.kind === "job")
        await handlers.accept({ run: order.run, job: order.job.sha256 }, contextOf(client));
  }
}

const bothAreAsked = async () => {
  await coordinator.submit({ experiment, rounds });
  return Promise.all([orderOf("a", "request"), orderOf("b", "request")]);
};

async function upload(client: string, bytes: Uint8Array): Promise<Claim> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const claim = { sha256, sizeBytes: bytes.length };
  await handlers.put({ ...claim, offset: 0 }, contextOf(client, bytes));
  return claim;
}

const fetchAs = (client: string, { sha256 }: Claim) =>
  handlers.fetch({ sha256, offset: 0, length: 8 }, contextOf(client));

test("a client fetches its own job and requests, and no other's, nor anybody's answer", async () => {
  const { run } = await coordinator.submit({ experiment, rounds });
  const [ofA, ofB] = ["a", "b"].map((client) => run.jobs.get(client)!);
  expect(ofA!.sha256).not.toBe(ofB!.sha256);
  expect(await fetchAs("a", ofA!)).toMatchObject({ reply: { sizeBytes: ofA!.sizeBytes } });
  const missing = { code: "BLOB_MISSING" };
  for (const client of ["b", "c"])
    await expect(fetchAs(client, ofA!)).rejects.toMatchObject(missing);
  const [{ request }] = await Promise.all([orderOf("a", "request"), orderOf("b", "request")]);
  expect(await fetchAs("a", request)).toMatchObject({ reply: { sizeBytes: request.sizeBytes } });
  await expect(fetchAs("c", request)).rejects.toMatchObject(missing);
  const answer = await upload("a", new TextEncoder().encode("what a's rows taught"));
  for (const client of ["a", "b", "c"])
    await expect(fetchAs(client, answer)).rejects.toMatchObject(missing);
});

test("who has no part in a run changes nothing of it, and who has one nothing of another's", async () => {
  const [{ cell, seq, request }] = await bothAreAsked();
  const unknown = { code: "RUN_UNKNOWN" };
  await expect(upload("c", new Uint8Array(8))).rejects.toMatchObject(unknown);
  const answer = { sha256: "0".repeat(64), sizeBytes: 8 };
  const before = [await record.audit(1, 1000), await record.runClients(cell.run)];
  const { run } = cell;
  const job = (await record.runClients(run))[0]!.job.sha256;
  await expect(handlers.accept({ run, job }, contextOf("c"))).rejects.toMatchObject(unknown);
  await expect(handlers.accept({ run, job }, contextOf("b"))).rejects.toMatchObject(unknown);
  const refusal = { run, code: "X", reason: "x" };
  await expect(handlers.refuse(refusal, contextOf("c"))).rejects.toMatchObject(unknown);
  const said = { cell, seq, request: request.sha256, answer };
  expect(await handlers.answer(said, contextOf("c"))).toEqual({ kind: "late" });
  await handlers.fail({ cell, seq, code: "X", reason: "x" }, contextOf("c"));
  await handlers.closed({ cell, account: "1" }, contextOf("c"));
  await handlers.forgotten({ run }, contextOf("c"));
  expect([await record.audit(1, 1000), await record.runClients(run)]).toEqual(before);
  expect(await record.accounts(run)).toEqual([]);
});

test("a certificate is for the key that signed the call, and an invitation for one key", async () => {
  const tokenHash = createHash("sha256").update("token").digest("hex");
  await record.invite({ client: "d", tokenHash, expiresAtMs: now() + 1e6, nowMs: now() });
  const joinAs = (signer: string, request: string) =>
    handlers.join({ token: "token", request }, contextOf(signer));
  await expect(joinAs("thief", "key of d")).rejects.toMatchObject({ code: "CLIENT_REQUEST" });
  expect(await joinAs("d", "key of d")).toMatchObject({ client: "d" });
  await expect(joinAs("thief", "key of thief")).rejects.toMatchObject({
    code: "INVITATION_INVALID",
  });
  const { certificates } = (await record.client("d", now()))!;
  expect(certificates.map(({ publicKey }) => publicKey)).toEqual(["key of d"]);
});

const told = { numExamples: 1, valid: {}, stale: 0, finished: false };
const lies: Readonly<Record<string, (request: Message) => Uint8Array>> = {
  "not a number": (request) => {
    const { shape, data } = request.arrays["parameters"]!;
    const parameters = { shape, data: Float32Array.from(data).fill(NaN, 0, 1) };
    return answerOf(request, { arrays: { parameters } });
  },
  "another shape": (request) =>
    answerOf(request, { arrays: { parameters: { shape: [1], data: new Float32Array(1) } } }),
  "another round": (request) => answerOf(request, { round: request.round + 1 }),
  "an array that is not declared": (request) =>
    answerOf(request, { arrays: { more: { shape: [1], data: new Float32Array(1) } } }),
  "words that are not declared": (request) =>
    answerOf(request, { metadata: { ...told, user: "u1" } }),
  "no message": () => new TextEncoder().encode("no message at all"),
};

function answerOf(request: Message, own: Partial<Message>): Uint8Array {
  const { arrays, stage, round } = request;
  return encodeMessage({ kind: "update", stage, round, arrays, metadata: told, ...own });
}

test.each(Object.entries(lies))(
  "an answer that is %s is refused, counts nowhere, and ends a round that needs everybody",
  async (_, lie) => {
    const [, { cell, seq, request }] = await bothAreAsked();
    const bytes = blobs.read(request.sha256, 0, request.sizeBytes);
    const answer = await upload("b", lie(decodeMessage(bytes)));
    const said = { cell, seq, request: request.sha256, answer };
    expect(await handlers.answer(said, contextOf("b"))).toMatchObject({ kind: "refused" });
    await expect
      .poll(async () => (await record.run(cell.run))!.reason)
      .toMatch(/^\[ROUND_LOST\] client "b"/);
    const { state } = (await record.task({ cell, client: "b", seq }))!;
    expect(state).toBe("dropped");
  },
);

test("another's upload is no answer of one's own, though its hash is known", async () => {
  const [ofA, ofB] = await bothAreAsked();
  const honest = await upload("a", new TextEncoder().encode("what a's rows taught"));
  const claimed = { cell: ofB.cell, seq: ofB.seq, request: ofB.request.sha256, answer: honest };
  await expect(handlers.answer(claimed, contextOf("b"))).rejects.toMatchObject({
    code: "BLOB_MISSING",
  });
  expect((await record.task({ cell: ofA.cell, client: "b", seq: ofB.seq }))!.state).not.toBe(
    "answered",
  );
});

test("uploads that no answer names do not fill the disk: the oldest make room", async () => {
  await bothAreAsked();
  const sent: Claim[] = [];
  for (let i = 0; i < 20; i++) sent.push(await upload("a", Uint8Array.of(1, 2, 3, i)));
  const isWhole = await Promise.all(
    sent.map(
      async (claim) => (await handlers.arrival(claim, contextOf("a"))) as { isWhole: boolean },
    ),
  );
  expect(isWhole.map((arrival) => arrival.isWhole)).toEqual(sent.map((_, i) => i >= 4));
});
