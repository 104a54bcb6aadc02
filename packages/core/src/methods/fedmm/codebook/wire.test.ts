import { describe, expect, test } from "vitest";
import { configOf, federate, market, type Outcome } from "./codebook.fixture.ts";
import { codebookMessages } from "./messages.ts";

const markets = { a: market(1, { items: 60 }), b: market(2, { items: 40 }) };

/** Where bytes lie in others; floats may lie anywhere. */
function holds(message: Uint8Array, bytes: Uint8Array): boolean {
  return Buffer.from(message).includes(Buffer.from(bytes));
}

const bytesOf = (row: Float32Array) => new Uint8Array(row.buffer, row.byteOffset, row.byteLength);

function messages({ up, down }: Outcome) {
  return [...up, ...down];
}

describe("what travels", () => {
  test.each(["usage", "samples", "sums"] as const)(
    "%s: codebook rows, counts, sums and declared numbers, nothing else",
    async (aggregation) => {
      const config = configOf({ aggregation, entities: ["item", "user"] });
      const outcome = await federate({ markets, config });
      const trained = outcome.up.filter(({ message }) => message.kind === "trained");
      expect(trained).toHaveLength(6);
      const names = {
        usage: ["counts", "rows"],
        samples: ["rows"],
        sums: ["counts", "sums"],
      }[aggregation];
      for (const { message } of trained) {
        const expected = ["item", "user"].flatMap((entity) =>
          names.map((name) => `${name}:${entity}:0`),
        );
        expect(Object.keys(message.arrays).sort()).toEqual(expected.sort());
        const numbers = message.metadata["entities"] as Record<string, object>;
        for (const entity of ["item", "user"])
          expect(Object.keys(numbers[entity]!).sort()).toEqual([
            "commitment",
            "numEntities",
            "perplexity",
            "reconstruction",
          ]);
      }
      for (const { bytes, message } of messages(outcome)) {
        const text = Buffer.from(bytes).toString("latin1");
        expect(text).not.toContain("secret-");
        expect(Object.keys(message.arrays).some((name) => name.endsWith(":1"))).toBe(false);
      }
    },
  );

  test("no bytes of local rows, networks, input vectors or codes are in any message", async () => {
    const outcome = await federate({ markets, config: configOf() });
    for (const name of ["a", "b"] as const) {
      const [item] = outcome.codes.get(name)!;
      const saved = outcome.saved.get(name)!;
      const local = item!.levels[1]!;
      expect(local.kind).toBe("local");
      const joined = saved.arrays["item/joined/1/rows"]!.data as Float32Array;
      const parameters = saved.arrays["item/rq-vae/parameters"]!.data as Float32Array;
      const { items } = markets[name].factors;
      const secrets = [
        ...[local.rows, joined].flatMap((rows) =>
          Array.from({ length: local.numCodes }, (_, k) => rows.subarray(k * 4, (k + 1) * 4)),
        ),
        // Two numbers of each layer are enough to find it.
        ...Array.from({ length: 40 }, (_, k) => parameters.subarray(2 * k, 2 * k + 2)),
        ...Array.from({ length: 40 }, (_, e) => items.subarray(6 * e + 6, 6 * e + 8)),
      ].map((row) => bytesOf(row.slice()));
      for (const { bytes } of messages(outcome))
        for (const secret of secrets) expect(holds(bytes, secret)).toBe(false);
      for (const { bytes } of messages(outcome))
        expect(holds(bytes, new Uint8Array(item!.codes.slice().buffer))).toBe(false);
    }
    // The search finds what is there: a federated row.
    const [codes] = outcome.codes.get("a")!;
    const row = bytesOf(codes!.levels[0]!.rows.slice(0, 4));
    const last = outcome.down.filter(({ message }) => message.kind === "finish");
    expect(last.every(({ bytes }) => holds(bytes, row))).toBe(true);
  });

  test("with local levels alone, numbers of entities and errors only", async () => {
    const outcome = await federate({ markets, config: configOf({ levels: ["local", "local"] }) });
    expect(messages(outcome).every(({ message }) => Object.keys(message.arrays).length === 0)).toBe(
      true,
    );
    expect(outcome.up.filter(({ message }) => message.kind === "trained")).toHaveLength(6);
  });

  test("256 x 32: about 33 KiB up in a round, however many entities there are", async () => {
    const large = { codes: 256, localCodes: 8, width: 32, hidden: [], rounds: 1, finalEpochs: 0 };
    const sizes = await Promise.all(
      [40, 400].map(async (items) => {
        const config = configOf({ ...large, batchSize: 64 });
        const { up } = await federate({ markets: { a: market(1, { items }) }, config });
        return up.find(({ message }) => message.kind === "trained")!.bytes.length;
      }),
    );
    for (const size of sizes) {
      expect(size).toBeGreaterThan(33 * 1024);
      expect(size).toBeLessThan(34 * 1024);
    }
    // Digits of the numbers in the metadata, no more.
    expect(Math.abs(sizes[0]! - sizes[1]!)).toBeLessThan(64);
  });

  test("options declare what they add", () => {
    const arrays = (config: ReturnType<typeof configOf>, kind: string) =>
      Object.keys(codebookMessages(config)[kind]?.arrays ?? {}).sort();
    expect(arrays(configOf({}, { share: "codebook+network" }), "trained")).toEqual([
      "counts:item:0",
      "network:item",
      "rows:item:0",
    ]);
    const privacy = { clipNorm: 1, noiseMultiplier: 1 };
    const noisy = configOf({ aggregation: "sums", privacy });
    expect(arrays(noisy, "started")).toEqual([]);
    expect(codebookMessages(noisy)["trained"]!.arrays["sums:item:0"]).toContain("noise");
  });
});

test("codes with fewer entities than the minimum are left out of what is sent", async () => {
  const sentOf = async (minimumCount: number, aggregation: string) => {
    const config = configOf({ minimumCount, aggregation, rounds: 1, restartEvery: 0 });
    const { up, down } = await federate({ markets: { a: markets.a }, config });
    const data = (kind: string, name: string, from = up) =>
      from.find(({ message }) => message.kind === kind)!.message.arrays[name]?.data;
    return {
      counts: data("trained", "counts:item:0")!,
      rows: data("trained", "rows:item:0"),
      sums: data("trained", "sums:item:0"),
      received: data("train", "rows:item:0", down)!,
      started: data("started", "counts:item:0")!,
    };
  };
  for (const aggregation of ["usage", "sums"]) {
    const all = await sentOf(0, aggregation);
    const some = await sentOf(8, aggregation);
    expect(some.started.every((count) => count === 0 || count >= 8)).toBe(true);
    expect(all.started.some((count) => count > 0 && count < 8)).toBe(true);
    expect(some.counts.every((count) => count === 0 || count >= 8)).toBe(true);
    some.counts.forEach((count, k) => {
      if (count > 0) return;
      const row = (data: ArrayLike<number>) => Array.from(data).slice(k * 4, (k + 1) * 4);
      if (some.rows) expect(row(some.rows)).toEqual(row(some.received));
      if (some.sums) expect(row(some.sums)).toEqual([0, 0, 0, 0]);
    });
  }
});
