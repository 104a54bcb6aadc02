import { createHash, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, type Message } from "@atoll/core/federation";
import type { WorkerPool } from "@atoll/node/workers";
import { idlePools, type IdlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { generateSigningKey } from "../identity/index.ts";
import { decodeFrame, signFrame, type Order } from "../protocol/index.ts";
import { deploy, enrol, type Deployment } from "./deployment.fixture.ts";
import { tinyExperiment } from "./experiments.fixture.ts";

const threads = idlePools();
afterAll(() => threads.close());
const clients = ["a", "b", "c"];
let deployment: Deployment;
beforeEach(async () => {
  deployment = await deploy(clients, threads);
});
afterEach(() => deployment.close());

const markets = { a: { rows: 200 }, b: { rows: 150 }, c: { rows: 150 } };
const three = () => tinyExperiment({ data: { kind: "synthetic", markets } });
const NO_SIGNAL = new AbortController().signal;

type Lie = (message: Message) => Message;

/** Threads whose party says something else than it computed: a lie in each round of training, from the first on. */
function lying(lies: readonly Lie[]): IdlePools["open"] {
  // Two requests are about vocabularies.
  let round = -3;
  return (numThreads, engine) => {
    const pool = threads.open(numThreads, engine);
    const open: WorkerPool["open"] = async (...given) => {
      const party = await pool.open(...given);
      const request = async (bytes: Uint8Array) => {
        const reply = await party.request(bytes);
        round += 1;
        const lie = lies[round];
        return lie === undefined ? reply : encodeMessage(lie(decodeMessage(reply)));
      };
      return { ...party, request };
    };
    return { ...pool, open };
  };
}

const withCount =
  (numExamples: number) =>
  (message: Message): Message => ({ ...message, metadata: { ...message.metadata, numExamples } });

const without: Lie = ({ arrays, ...rest }) => ({
  ...rest,
  arrays: Object.fromEntries(Object.entries(arrays).filter(([name]) => name !== "parameters")),
});

const lies: Readonly<Record<string, Lie>> = {
  "a number that is none": ({ arrays, ...rest }) => {
    const { shape, data } = arrays["parameters"]!;
    const spoilt = Float32Array.from(data).fill(NaN, 1, 2);
    return { ...rest, arrays: { ...arrays, parameters: { shape, data: spoilt } } };
  },
  "another shape": ({ arrays, ...rest }) => {
    const parameters = { shape: [2], data: new Float32Array(2) };
    return { ...rest, arrays: { ...arrays, parameters } };
  },
  "an array of another name": ({ arrays: { parameters, ...arrays }, ...rest }) => ({
    ...rest,
    arrays: { ...arrays, weights: parameters! },
  }),
  "without an array that all others have": without,
  "a negative count": withCount(-7),
  "half a row": withCount(0.5),
  "more rows than can be counted": withCount(1e300),
  "the answer to another round": (message) => ({ ...message, round: message.round + 1 }),
  "the answer of another stage": (message) => ({ ...message, stage: "evaluate" }),
};

test("rounds that may go on without a client that lies, whatever its lie, and count it again once it is honest", async () => {
  deployment.startSilo("a");
  deployment.startSilo("b");
  const all = Object.values(lies);
  const liar = deployment.startSilo("c", { openPool: lying(all) });
  const experiment = tinyExperiment({
    data: { kind: "synthetic", markets },
    federation: { rounds: all.length + 1, shared: ["segment"] },
    training: { batchSize: 32, optimiser: { kind: "adam", learningRate: 0.01 }, patience: 100 },
  });
  const run = await deployment.submit(experiment, { rounds: { minimum: 0.6 } });
  await deployment.untilForgotten(run);
  const { state, reason, cells } = await deployment.numbers(run);
  expect([state, reason]).toEqual(["done", undefined]);
  const dropped = deployment
    .server()
    .events.flatMap((event) =>
      event.kind === "round-end" && event.stage === "train" ? [event.dropped] : [],
    );
  expect(dropped).toEqual([...all.map(() => ["c"]), [], []]);
  const trained = cells[0]!.lines.filter((line) => line.includes('"stage":"train"'));
  expect(trained).toHaveLength(2 * all.length + 6);
  // The silo hears why, in its own words for its own people.
  const heard = liar.events.flatMap((event) =>
    event.kind === "answered" && event.verdict === "refused" ? [event.reason] : [],
  );
  expect(heard.map((text, i) => [Object.keys(lies)[i], text])).toEqual([
    ["a number that is none", expect.stringContaining('array "parameters" holds NaN')],
    ["another shape", expect.stringContaining('array "parameters" has shape [2]')],
    ["an array of another name", expect.stringContaining('"weights"')],
    ["without an array that all others have", expect.stringContaining('"parameters" is missing')],
    ["a negative count", expect.stringContaining("numExamples")],
    ["half a row", expect.stringContaining("numExamples")],
    ["more rows than can be counted", expect.stringContaining("numExamples")],
    ["the answer to another round", expect.stringContaining("round 8 in round 7")],
    ["the answer of another stage", expect.stringContaining("stage")],
  ]);
});

test("an update without an array that all others have ends a run that needs it, with a sentence that names its client", async () => {
  deployment.startSilo("a");
  deployment.startSilo("b");
  deployment.startSilo("c", { openPool: lying([without]) });
  const run = await deployment.submit(three());
  await deployment.untilForgotten(run);
  const { state, reason } = await deployment.numbers(run);
  expect([state, reason]).toEqual([
    "failed",
    '[ROUND_LOST] client "c" cannot answer (UPDATE_INVALID: client "c": array "parameters" is missing, 71 of type F32 are needed; run the same version everywhere) and the round cannot do without it',
  ]);
});

describe("a client that speaks by itself", () => {
  let calls: ReturnType<Deployment["callsOf"]>;
  beforeEach(() => {
    calls = deployment.callsOf("c");
  });
  afterEach(() => calls.close());

  const ordersOf = async <Kind extends Order["kind"]>(kind: Kind) => {
    for (;;) {
      const { reply } = await calls.call("poll", { waitMs: 1000, busy: [] });
      const found = reply.orders.find((order) => order.kind === kind);
      if (found !== undefined) return found as Extract<Order, { readonly kind: Kind }>;
      for (const order of reply.orders)
        if (order.kind === "job")
          await calls.call("accept", { run: order.run, job: order.job.sha256 });
    }
  };
  const asked = async () => {
    deployment.startSilo("a");
    deployment.startSilo("b");
    const run = await deployment.submit(three());
    return { run, order: await ordersOf("request") };
  };
  const claimOf = (bytes: Uint8Array) => ({
    sha256: createHash("sha256").update(bytes).digest("hex"),
    sizeBytes: bytes.length,
  });
  const bytes = new TextEncoder().encode("something");

  test("claims 10 GiB, and gets no byte of memory for it", async () => {
    const { run, order } = await asked();
    const claim = { ...claimOf(bytes), sizeBytes: 10 * 2 ** 30 };
    const before = process.memoryUsage.rss();
    await calls.call("arrival", claim);
    const { reply } = await calls.call("put", { ...claim, offset: 0 }, { body: bytes });
    expect(reply).toMatchObject({ receivedBytes: bytes.length, isWhole: false });
    const { cell, seq, request } = order;
    const said = { cell, seq, request: request.sha256, answer: claim };
    await expect(calls.call("answer", said)).rejects.toMatchObject({ code: "BLOB_MISSING" });
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20);
    const more = { ...claim, sizeBytes: 2 ** 34 + 1 };
    await expect(calls.call("arrival", more)).rejects.toMatchObject({ code: "BLOB_TOO_LARGE" });
    expect((await deployment.server().record.run(run))!.state).toBe("running");
  });

  test("says that it has answered with what it never sent, or what somebody else has sent", async () => {
    const { order } = await asked();
    const { cell, seq, request } = order;
    const answers = async () => {
      const log = await deployment.server().record.audit(1, 1000);
      return log.flatMap(({ kind, detail }) =>
        kind === "answered" ? [(JSON.parse(detail) as { answer: string }).answer] : [],
      );
    };
    await expect.poll(answers, { timeout: 20_000 }).toHaveLength(2);
    const { blobs } = deployment.server();
    const [first] = await answers();
    const others = { sha256: first!, sizeBytes: blobs.sizeOf(first!)! };
    for (const answer of [claimOf(bytes), others]) {
      const said = { cell, seq, request: request.sha256, answer };
      await expect(calls.call("answer", said)).rejects.toMatchObject({ code: "BLOB_MISSING" });
      const { reply } = await calls.call("arrival", answer);
      expect(reply).toMatchObject({ receivedBytes: 0, isWhole: false });
      const fetch = calls.call("fetch", { sha256: answer.sha256, offset: 0, length: 4 });
      await expect(fetch).rejects.toMatchObject({ code: "BLOB_MISSING" });
    }
    expect(await answers()).toHaveLength(2);
  });

  test("uploads other bytes than it claims: they are dropped", async () => {
    const { run } = await asked();
    const claim = { sha256: "ab".repeat(32), sizeBytes: bytes.length };
    expect((await deployment.server().record.run(run))!.state).toBe("running");
    const put = calls.call("put", { ...claim, offset: 0 }, { body: bytes });
    await expect(put).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
    const { reply } = await calls.call("arrival", claim);
    expect(reply).toMatchObject({ receivedBytes: 0, isWhole: false });
  });

  test("answers what it was not asked: another number, another request, another run, another method", async () => {
    const { run, order } = await asked();
    const { cell, seq, request } = order;
    const claim = claimOf(bytes);
    await calls.call("put", { ...claim, offset: 0 }, { body: bytes });
    const said = { cell, seq, request: request.sha256, answer: claim };
    for (const other of [
      { ...said, seq: seq + 1 },
      { ...said, seq: 0 },
      { ...said, cell: { ...cell, run: "another" } },
      { ...said, cell: { ...cell, method: "another" } },
      { ...said, cell: { ...cell, seed: 2 } },
    ])
      expect((await calls.call("answer", other)).reply.kind).toBe("late");
    const diverged = calls.call("answer", { ...said, request: claim.sha256 });
    await expect(diverged).rejects.toMatchObject({ code: "RUN_DIVERGED" });
    const failed = { cell: { ...cell, run: "another" }, seq, code: "X", reason: "x" };
    await calls.call("fail", failed);
    expect((await deployment.server().record.run(run))!.state).toBe("running");
  });

  const frameOf = (own: Record<string, unknown>, key = deployment.keys.get("c")!) =>
    signFrame(
      key,
      {
        v: 1,
        op: "hello",
        client: "c",
        session: null,
        nonce: randomUUID(),
        sentAtMs: Date.now(),
        key: key.publicKey,
        params: { versions: [1], software: "liar" },
        ...own,
      },
      new Uint8Array(),
    );
  const codeOf = async (frame: Uint8Array, carriedAs = "c") => {
    const carrier = deployment.connect(carriedAs);
    const { header } = decodeFrame(await carrier.call(frame, NO_SIGNAL));
    await carrier.close();
    return header["status"] === "ok" ? "ok" : (header["error"] as { code: string }).code;
  };

  test("takes another's name: neither its own key nor its own connection lets it", async () => {
    expect(await codeOf(await frameOf({}))).toBe("ok");
    expect(await codeOf(await frameOf({ client: "a" }))).toBe("CALLER_UNKNOWN");
    const ofA = deployment.keys.get("a")!;
    expect(await codeOf(await frameOf({ client: "a" }, ofA))).toBe("CALLER_UNKNOWN");
    expect(await codeOf(await frameOf({ key: ofA.publicKey }))).toBe("SIGNATURE_INVALID");
    expect(await codeOf(await frameOf({}, generateSigningKey()))).toBe("CALLER_UNKNOWN");
    expect(await codeOf(await frameOf({}), "a")).toBe("CALLER_UNKNOWN");
  });

  test("sends a frame again: it is not answered twice", async () => {
    const frame = await frameOf({});
    expect(await codeOf(frame)).toBe("ok");
    expect(await codeOf(frame)).toBe("REPLAYED");
    // What was changed on the way is nobody's.
    const changed = frame.slice();
    changed[frame.length - 20]! ^= 1;
    expect(await codeOf(changed)).toMatch(/^(SIGNATURE_INVALID|FRAME_MALFORMED)$/);
  });

  test("has a clock that is ten minutes off, a certificate that has expired, or one that was revoked", async () => {
    const ahead = deployment.callsOf("c", { now: () => Date.now() + 600_000 });
    const poll = { waitMs: 0, busy: [] };
    await expect(ahead.call("poll", poll)).rejects.toMatchObject({ code: "CLOCK_SKEW" });
    ahead.close();

    const late = generateSigningKey();
    await enrol(deployment.server().record, "c", late, Date.now() - 1);
    const expired = deployment.callsOf("c", { key: late });
    await expect(expired.call("poll", poll)).rejects.toMatchObject({ code: "CALLER_UNKNOWN" });
    expired.close();

    expect((await calls.call("poll", poll)).reply.orders).toEqual([]);
    await deployment.server().coordinator.revoke("c");
    await expect(calls.call("poll", poll)).rejects.toMatchObject({ code: "CALLER_UNKNOWN" });
  });

  test("is revoked in the middle of a round: the run ends with a sentence, and the others forget it", async () => {
    const { run } = await asked();
    await deployment.server().coordinator.revoke("c");
    await deployment.untilEnded(run);
    const { state, reason } = await deployment.numbers(run);
    expect(state).toBe("failed");
    expect(reason).toMatch(/^\[ROUND_LOST\] client "c" cannot answer \(CLIENT_REVOKED: /);
    const { record } = deployment.server();
    await expect
      .poll(
        async () => (await record.runClients(run)).map(({ client, state: of }) => [client, of]),
        { timeout: 20_000 },
      )
      .toEqual([
        ["a", "forgotten"],
        ["b", "forgotten"],
        ["c", "accepted"],
      ]);
  });
});
