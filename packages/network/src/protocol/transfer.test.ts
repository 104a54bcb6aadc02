import { AtollError } from "@atoll/core/errors";
import { expect, test } from "vitest";
import { claimOf, folderForTest, someBytes, storeForTest } from "../blobs/blobs.fixture.ts";
import type { OpenBlobStore } from "../blobs/blob-store.ts";
import type { ServerCalls } from "./calls.ts";
import { decodeFrame } from "./frame.ts";
import { callsForTest, serverForTest } from "./protocol.fixture.ts";
import { CHUNK_BYTES, fetchBlob, fetchInto, sendBlob } from "./transfer.ts";

const bytes = someBytes(2 * CHUNK_BYTES + 1234);
const claim = claimOf(bytes);
const read = (from: number, to: number) => bytes.subarray(from, to);

/** A server over a store; `failEvery`: each so many-th frame gets no answer, though the server may have acted on it. */
async function serverOver(store: OpenBlobStore, { failEvery = Infinity } = {}) {
  const server = serverForTest({
    arrival: (asked, { client }) => store.arrivalOf(client!, asked),
    put: ({ offset, ...asked }, { client, body }) =>
      store.append(client!, asked, { offset, bytes: body }),
    fetch: async ({ sha256, offset, length }) => {
      const sizeBytes = store.sizeOf(sha256)!;
      const body = store.read(sha256, offset, Math.min(sizeBytes, offset + length));
      return { reply: { sizeBytes }, body };
    },
  });
  const params: unknown[] = [];
  let numFrames = 0;
  const calls = callsForTest(server, async (frame, signal) => {
    params.push(decodeFrame(frame).header["params"]);
    const answer = await server.serve({ client: "de" }, frame, signal);
    if (++numFrames % failEvery === 0) throw new AtollError("CARRIER_FAILED", "no answer");
    return answer;
  });
  const offsets = () =>
    params.flatMap((of) => (of as { offset?: number }).offset ?? ([] as number[]));
  return { calls, offsets };
}

/** Calls that are answered by one function. */
const answering = (answer: (name: string, params: never) => unknown): ServerCalls => ({
  call: async (name, params) => answer(name, params as never) as never,
});

test("a blob is sent in chunks of 1 MiB, with its progress, and is whole then", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  const { calls, offsets } = await serverOver(store);
  const progress: number[] = [];
  await sendBlob(calls, claim, {
    read,
    onProgress: ({ sentBytes, sizeBytes }) => progress.push(sentBytes / sizeBytes),
  });
  expect(Buffer.compare(store.read(claim.sha256, 0, bytes.length), bytes)).toBe(0);
  // Several are on their way at once, and may overtake each other.
  expect(offsets().toSorted((a, b) => a - b)).toEqual([0, CHUNK_BYTES, 2 * CHUNK_BYTES]);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect([progress[0], progress.at(-1)]).toEqual([0, 1]);
  await sendBlob(calls, claim, { read: () => Promise.reject(new Error("not read again")) });
});

test("an upload goes on from what the server has, through answers that are lost", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  await store.append("de", claim, { offset: 0, bytes: bytes.subarray(0, 700_000) });
  const { calls, offsets } = await serverOver(store, { failEvery: 3 });
  await sendBlob(calls, claim, { read });
  expect(store.sizeOf(claim.sha256)).toBe(bytes.length);
  expect(Math.min(...offsets())).toBe(700_000);
});

test("what was damaged at the server is sent once more, and not for ever", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  await store.append("de", claim, { offset: 0, bytes: someBytes(900_000, 5) });
  const { calls, offsets } = await serverOver(store);
  await sendBlob(calls, claim, { read });
  expect(offsets()).toContain(0);
  expect(store.sizeOf(claim.sha256)).toBe(bytes.length);
  const wrong = { sha256: claimOf(someBytes(5)).sha256, sizeBytes: 100 };
  await expect(sendBlob(calls, wrong, { read })).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
});

test("an empty blob is sent with one empty chunk", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  const { calls, offsets } = await serverOver(store);
  const empty = claimOf(new Uint8Array());
  await sendBlob(calls, empty, { read });
  expect(store.sizeOf(empty.sha256)).toBe(0);
  expect(offsets()).toEqual([0]);
});

test("a server that takes chunks and stays where it is, is given up", async () => {
  let numPuts = 0;
  const calls = answering((name) => {
    if (name === "put") numPuts++;
    return { reply: { ...claim, receivedBytes: 10, isWhole: false }, body: new Uint8Array() };
  });
  await expect(sendBlob(calls, claim, { read })).rejects.toMatchObject({
    code: "BLOB_DAMAGED",
    message: expect.stringContaining("stays at 10 bytes"),
  });
  // Three at once, then one at a time.
  expect(numPuts).toBe(3 + 5);
});

test("chunks that overtake others are taken all the same, and sent again by a server that forgets them", async () => {
  for (const forgets of [false, true]) {
    const store = await storeForTest({ directory: folderForTest() });
    const order: number[] = [];
    const isHeld = Promise.withResolvers<void>();
    const server = serverForTest({
      arrival: (asked, { client }) => store.arrivalOf(client!, asked),
      put: async ({ offset, ...asked }, { client, body }) => {
        const isFirst = !order.includes(0);
        order.push(offset);
        if (order.length === 3) isHeld.resolve();
        // The first chunk waits until the others are there.
        if (offset === 0 && isFirst) await isHeld.promise;
        if (forgets && offset > 0 && order.length <= 3) return store.arrivalOf(client!, asked);
        return store.append(client!, asked, { offset, bytes: body });
      },
    });
    const calls = callsForTest(server, (frame, signal) =>
      server.serve({ client: "de" }, frame, signal),
    );
    await sendBlob(calls, claim, { read });
    expect(Buffer.compare(store.read(claim.sha256, 0, bytes.length), bytes)).toBe(0);
    expect(order.length).toBe(forgets ? 5 : 3);
  }
});

test("a blob of one chunk is sent at once, whatever the server has of it", async () => {
  const small = bytes.subarray(0, 1000);
  const own = claimOf(small);
  const store = await storeForTest({ directory: folderForTest() });
  const { calls, offsets } = await serverOver(store);
  await store.append("de", own, { offset: 0, bytes: small.subarray(0, 400) });
  const source = (from: number, to: number) => small.subarray(from, to);
  for (let time = 0; time < 2; time++) await sendBlob(calls, own, { read: source });
  expect(store.sizeOf(own.sha256)).toBe(1000);
  expect(offsets()).toEqual([0, 0]);
});

test("a blob is fetched in order, a few chunks at a time, through answers that are lost", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  await store.put([bytes]);
  const { calls } = await serverOver(store, { failEvery: 3 });
  const got = new Uint8Array(bytes.length);
  const offsets: number[] = [];
  await fetchBlob(calls, claim, {
    write: async (offset, chunk) => {
      offsets.push(offset);
      got.set(chunk, offset);
    },
  });
  expect(offsets).toEqual([0, CHUNK_BYTES, 2 * CHUNK_BYTES]);
  expect(Buffer.compare(got, bytes)).toBe(0);
});

test("a fetch goes on from where it stopped, and what was there counts in the hash", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  await store.put([bytes]);
  const { calls, offsets } = await serverOver(store);
  const from = CHUNK_BYTES + 5;
  const pieces: Uint8Array[] = [];
  const write = async (_: number, chunk: Uint8Array) => void pieces.push(chunk);
  await fetchBlob(calls, claim, { from, read, write });
  expect(Buffer.compare(Buffer.concat(pieces), bytes.subarray(from))).toBe(0);
  expect(offsets()).toEqual([from, from + CHUNK_BYTES]);
  const wrongStart = (start: number, end: number) => read(start, end).map((byte) => byte ^ 1);
  await expect(fetchBlob(calls, claim, { from, read: wrongStart, write })).rejects.toMatchObject({
    code: "BLOB_DAMAGED",
  });
});

test("a blob is fetched into a store, from where it stopped before, an empty one as well", async () => {
  const server = await storeForTest({ directory: folderForTest() });
  const store = await storeForTest({ directory: folderForTest() });
  await server.put([bytes]);
  await server.put([]);
  const { calls, offsets } = await serverOver(server);
  await store.append("server", claim, { offset: 0, bytes: bytes.subarray(0, 77) });
  await fetchInto(calls, claim, { store, owner: "server" });
  await fetchInto(calls, claim, { store, owner: "server" });
  expect(Buffer.compare(store.read(claim.sha256, 0, bytes.length), bytes)).toBe(0);
  expect(offsets()).toEqual([77, 77 + CHUNK_BYTES, 77 + 2 * CHUNK_BYTES]);
  const empty = claimOf(new Uint8Array());
  await fetchInto(calls, empty, { store, owner: "server" });
  expect(store.sizeOf(empty.sha256)).toBe(0);
});

test.each<[string, { sizeBytes: number }, number]>([
  ["another size", { sizeBytes: 4 }, 3],
  ["fewer bytes than were asked for", { sizeBytes: 3 }, 2],
  ["more bytes", { sizeBytes: 3 }, 4],
  ["other bytes", { sizeBytes: 3 }, 3],
])("a server that answers %s has damaged the blob", async (_, reply, length) => {
  const calls = answering(() => ({ reply, body: new Uint8Array(length).fill(9) }));
  const three = claimOf(Uint8Array.of(1, 2, 3));
  await expect(fetchBlob(calls, three, { write: async () => {} })).rejects.toMatchObject({
    code: "BLOB_DAMAGED",
  });
});

test("an aborted signal ends transfers, and chunks that were asked for ahead", async () => {
  const gone = new AbortController();
  const signals: (AbortSignal | undefined)[] = [];
  const calls: ServerCalls = {
    call: (_, __, { signal } = {}) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => {
        signal!.addEventListener("abort", () => reject(signal!.reason as Error));
      });
    },
  };
  const { signal } = gone;
  const fetching = fetchBlob(calls, claim, { write: async () => {}, signal });
  const sending = sendBlob(calls, claim, { read, signal });
  gone.abort(new Error("enough"));
  await expect(fetching).rejects.toThrow("enough");
  await expect(sending).rejects.toThrow("enough");
  expect(signals.map((of) => of?.aborted)).toEqual([true, true, true, true]);
  await expect(fetchBlob(calls, claim, { write: async () => {}, signal })).rejects.toThrow(
    "enough",
  );
});
