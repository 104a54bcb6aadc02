import { beforeEach, describe, expect, test } from "vitest";
import type { Message, SavedState, StageClient, StageServer } from "../../../federation/index.ts";
import { anchorsStage } from "./anchors.ts";
import {
  anchorSettings,
  contextOf,
  marketSplit,
  ownSecret,
  type Catalogue,
} from "./run.fixture.ts";

const stage = anchorsStage(anchorSettings);
const four: Record<string, Catalogue> = {
  a: { positives: ["u", "v", "w"] },
  b: { positives: ["v", "w", "x"] },
  c: { positives: ["w", "y"] },
  d: { positives: ["y", "z"] },
};
const markets = Object.keys(four);

async function open(market: string) {
  const context = contextOf(marketSplit(market, four[market]!), ownSecret(market));
  return { client: await stage.client(context), memory: context.memory };
}

function message(
  kind: string,
  metadata: Record<string, unknown>,
  arrays: Message["arrays"] = {},
): Message {
  return { kind, stage: "anchors", round: 0, arrays, metadata };
}

function pointsOf({ arrays }: Message): Uint8Array {
  return arrays["points"]!.data as Uint8Array;
}

describe("a client", () => {
  let client: StageClient;
  let memory: Awaited<ReturnType<typeof open>>["memory"];
  let theirs: Message["arrays"];
  beforeEach(async () => {
    ({ client, memory } = await open("a"));
    const { client: other } = await open("b");
    theirs = (await other.handle(message("offer", { attempt: 0, numParties: 3 }))).arrays;
  });
  const offer = () => client.handle(message("offer", { attempt: 0, numParties: 3 }));
  const pass = (hop: number, arrays = theirs) =>
    client.handle(message("pass", { attempt: 0, hop }, arrays));
  const tell = (positions: readonly number[], ids: readonly number[]) =>
    client.handle(
      message(
        "tell",
        { numAnchors: 5 },
        {
          positions: { shape: [positions.length], data: Int32Array.from(positions) },
          ids: { shape: [ids.length], data: Int32Array.from(ids) },
        },
      ),
    );

  test("multiplies as many lists as there are others, and no more", async () => {
    await offer();
    await pass(1);
    await pass(2);
    await expect(pass(3)).rejects.toThrow("list 3 arrived after list 2, of 2 in all");
    await expect(offer()).rejects.toThrow("asked for twice under one secret");
  });

  test("refuses lists out of turn", async () => {
    await expect(pass(1)).rejects.toThrow("a list arrived before its own items were asked for");
    await offer();
    await expect(pass(2)).rejects.toThrow("list 2 arrived after list 0");
    await expect(pass(0)).rejects.toThrow("list 0 arrived after list 0");
    await expect(client.handle(message("pass", { attempt: 1, hop: 1 }, theirs))).rejects.toThrow(
      "does not follow the protocol",
    );
  });

  test("asked for a hop again, it answers with the same list whatever came with it", async () => {
    const own = pointsOf(await offer());
    expect(pointsOf(await offer())).toEqual(own);
    const answer = pointsOf(await pass(1));
    const guess = { points: { shape: [1, 32], data: own.slice(0, 32) } };
    expect(pointsOf(await pass(1, guess))).toEqual(answer);
  });

  test("takes a new secret for a new attempt", async () => {
    const before = pointsOf(await offer());
    const after = await client.handle(message("offer", { attempt: 1, numParties: 2 }));
    expect(pointsOf(after)).toHaveLength(before.length);
    expect(pointsOf(after)).not.toEqual(before);
  });

  test("refuses points that are none, and messages without points", async () => {
    await offer();
    const none = { points: { shape: [1, 32], data: new Uint8Array(32) } };
    await expect(pass(1, none)).rejects.toMatchObject({ code: "CURVE_POINT" });
    const odd = { points: { shape: [2, 16], data: new Uint8Array(32) } };
    for (const arrays of [{}, odd] as readonly Message["arrays"][])
      await expect(pass(1, arrays)).rejects.toMatchObject({ code: "MESSAGE_MALFORMED" });
  });

  test("refuses places and numbers that do not fit its list", async () => {
    const wrong: [readonly number[], readonly number[]][] = [
      [[0], []],
      [[3], [0]],
      [[-1], [0]],
      [
        [1, 1],
        [0, 1],
      ],
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [2, 2],
      ],
      [[0], [5]],
      [[0], [-1]],
    ];
    await offer();
    for (const [positions, ids] of wrong)
      await expect(tell(positions, ids)).rejects.toMatchObject({ code: "MESSAGE_MALFORMED" });
    expect(memory.anchors).toBeUndefined();
    await tell([0, 2], [4, 1]);
    expect(memory.anchors!.items).toHaveLength(2);
    expect(memory.anchors!.numAnchors).toBe(5);
  });

  test("keeps its secret until the anchors are known, and then forgets it", async () => {
    expect(client.save()).toEqual({ arrays: {}, metadata: { kind: "nothing" } });
    await offer();
    const { secret } = client.save().arrays;
    expect(secret!.data).toHaveLength(32);
    await tell([1], [3]);
    const after = client.save();
    expect(Object.keys(after.arrays).toSorted()).toEqual(["ids", "items"]);
    // A second answer to a lost one changes nothing.
    await tell([], []);
    expect(client.save()).toEqual(after);
    const again = await open("a");
    again.client.load(structuredClone(after));
    expect(again.memory.anchors).toEqual(memory.anchors);
  });

  test("tells how far it is, rising to all but the last step", async () => {
    const shares: number[] = [];
    const context = {
      ...contextOf(marketSplit("a", four["a"]!), ownSecret("a")),
      onProgress: ({ share }: { readonly share: number }) => void shares.push(share),
    };
    client = await stage.client(context);
    await offer();
    await pass(1);
    await pass(2);
    expect(shares).toEqual([1 / 3, 2 / 3, 1]);
  });
});

test("items that are hashed cannot be anchors", async () => {
  const split = marketSplit("a", four["a"]!);
  const hashed = {
    ...split,
    categorical: split.categorical.map((feature) =>
      feature.name === "item"
        ? { ...feature, rule: { kind: "value" as const, hash: 10 } }
        : feature,
    ),
  };
  const client = await stage.client(contextOf(hashed, ownSecret("a")));
  await expect(client.handle(message("offer", { attempt: 0, numParties: 2 }))).rejects.toThrow(
    "take hash off the feature item",
  );
});

/** Runs the stage without a wire; `absent` says who does not answer in an exchange. */
async function runWith(absent: (exchange: number, kind: string) => readonly string[]) {
  const parties = new Map(await Promise.all(markets.map(async (m) => [m, await open(m)] as const)));
  let server: StageServer = stage.server({ clients: markets, seed: 1, results: new Map() });
  let exchanges = 0;
  for (let requests = server.next(); requests !== undefined; requests = server.next()) {
    const [{ kind }] = [...requests.values()] as [Message];
    const away = absent(exchanges, kind);
    const replies = new Map<string, Message>();
    for (const [market, request] of requests) {
      // An answer may be lost on its way as well: the client has then handled the request.
      const reply = await parties.get(market)!.client.handle(request);
      if (!away.includes(market)) replies.set(market, reply);
    }
    await server.receive(replies);
    exchanges += 1;
    if (exchanges > 40) throw new Error("it does not end");
    // The server's state outlives the server.
    const saved: SavedState = structuredClone(server.save());
    server = stage.server({ clients: markets, seed: 1, results: new Map() });
    server.load(saved);
  }
  const counts = Object.fromEntries(
    [...parties].map(([market, { memory }]) => [market, memory.anchors?.items.length]),
  );
  return { counts, exchanges, numAnchors: server.result!().metadata["numAnchors"] };
}

describe("absent clients", () => {
  // v: a, b; w: a, b, c; y: c, d.
  const all = { a: 2, b: 2, c: 2, d: 1 };

  test("none: five exchanges for four markets", async () =>
    expect(await runWith(() => [])).toEqual({ counts: all, exchanges: 5, numAnchors: 3 }));

  test("once or twice in a row: they are waited for, and nothing changes but the exchanges", async () => {
    expect(await runWith((exchange) => (exchange === 0 ? ["b"] : []))).toEqual({
      counts: all,
      exchanges: 6,
      numAnchors: 3,
    });
    expect(
      await runWith((exchange) => (exchange === 2 ? ["a", "d"] : exchange === 3 ? ["d"] : [])),
    ).toEqual({ counts: all, exchanges: 7, numAnchors: 3 });
  });

  test("from the start: the others find theirs without it, and it is told that it has none", async () => {
    expect(await runWith((_, kind) => (kind === "offer" ? ["c"] : []))).toEqual({
      counts: { a: 2, b: 2, c: 0, d: 0 },
      exchanges: 3 + 2 + 1,
      numAnchors: 2,
    });
  });

  test("from the middle on: the others begin again with new secrets", async () => {
    const { counts, exchanges, numAnchors } = await runWith((exchange, kind) =>
      exchange >= 2 && kind === "pass" ? ["c"] : [],
    );
    expect({ counts, numAnchors }).toEqual({ counts: { a: 2, b: 2, c: 0, d: 0 }, numAnchors: 2 });
    // Lists, a hop, three times a hop without c; then lists, two hops, the end.
    expect(exchanges).toBe(1 + 1 + 3 + 1 + 2 + 1);
  });

  test("all but one: nobody has an anchor", async () => {
    const { counts } = await runWith((_, kind) => (kind === "offer" ? ["a", "c", "d"] : []));
    expect(counts).toEqual({ a: 0, b: 0, c: 0, d: 0 });
  });

  test("at the end: the stage is over all the same", async () => {
    expect(await runWith((_, kind) => (kind === "tell" ? ["b"] : []))).toMatchObject({
      exchanges: 4 + 3,
      numAnchors: 3,
    });
  });
});

test("a list that comes back longer or shorter is refused", async () => {
  const server = stage.server({ clients: ["a", "b"], seed: 1, results: new Map() });
  const points = (n: number) => ({ points: { shape: [n, 32], data: new Uint8Array(32 * n) } });
  const answers = (kind: string, a: number, b: number) =>
    new Map([
      ["a", message(kind, {}, points(a))],
      ["b", message(kind, {}, points(b))],
    ]);
  server.next();
  await server.receive(answers("offered", 2, 3));
  server.next();
  // a multiplied b's list, and b a's.
  expect(() => server.receive(answers("passed", 3, 1))).toThrow(
    'client "b", stage "anchors": 32 bytes came back of a list of 64',
  );
});
