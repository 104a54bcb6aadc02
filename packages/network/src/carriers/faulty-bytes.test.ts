import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "@atoll/core/random";
import { type Fault, type Harm, HARM_KINDS, randomFaults } from "./faults.fixture.ts";
import { type Deed, faultyBytes } from "./faulty-bytes.fixture.ts";

const TEXT = "abcdefghijklmnop";

function at(atByte: number, harm: Harm): Fault {
  return { ...harm, connection: 1, direction: "up", atByte };
}

/** What becomes of the text: bytes as text, everything else as a word in brackets. */
function harmed(faults: readonly Fault[], chunks: readonly string[]): string {
  const stream = faultyBytes(faults, () => {});
  const deeds: Deed[] = chunks.flatMap((chunk) => stream.push(Buffer.from(chunk)));
  return [...deeds, ...stream.end()]
    .map((deed) => (deed.kind === "bytes" ? Buffer.from(deed.bytes).toString() : `[${deed.kind}]`))
    .join("");
}

describe("faulty bytes", () => {
  test.each<[Harm, string]>([
    [{ kind: "cut" }, "abcd[cut]"],
    [{ kind: "reset" }, "abcd[reset]"],
    [{ kind: "truncate" }, "abcd[truncate]"],
    [{ kind: "stall" }, "abcd[stall]"],
    [{ kind: "delay", delayMs: 5 }, "abcd[delay]efghijklmnop"],
    [{ kind: "corrupt", mask: 0x20, lengthBytes: 3 }, "abcdEFGhijklmnop"],
    [{ kind: "duplicate", lengthBytes: 2 }, "abcdefefghijklmnop"],
    [{ kind: "reorder", lengthBytes: 3 }, "abcdhijefgklmnop"],
  ])("%o at byte 4", (harm, expected) => {
    expect(harmed([at(4, harm)], [TEXT])).toBe(expected);
    expect(harmed([at(4, harm)], [...TEXT])).toBe(expected);
  });

  test("what a reordering holds back comes when the sender ends", () => {
    expect(harmed([at(12, { kind: "reorder", lengthBytes: 3 })], [TEXT])).toBe("abcdefghijklpmno");
    expect(harmed([at(14, { kind: "reorder", lengthBytes: 3 })], [TEXT])).toBe(TEXT);
  });

  test("a fault inside another one waits for its end", () => {
    const faults = [
      at(2, { kind: "duplicate", lengthBytes: 4 }),
      at(3, { kind: "corrupt", mask: 0x20, lengthBytes: 1 }),
    ];
    expect(harmed(faults, [TEXT])).toBe("abcdefcdefGhijklmnop");
  });

  test("a byte that never comes does no harm", () => {
    const happened: Fault[] = [];
    const stream = faultyBytes([at(16, { kind: "cut" })], (fault) => happened.push(fault));
    stream.push(Buffer.from(TEXT));
    expect([stream.end(), happened]).toEqual([[], []]);
  });

  test("where chunks begin makes no difference", () => {
    const cutting = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.nat(), cutting, (seed, sizes) => {
        const faults = randomFaults(streamOf(seed), { connections: 1, faults: 4, belowByte: 3000 });
        const text = Array.from({ length: 3000 }, (_, i) => TEXT[(i * 7) % 16]).join("");
        const chunks: string[] = [];
        let offset = 0;
        for (const size of sizes) chunks.push(text.slice(offset, (offset += size)));
        chunks.push(text.slice(offset));
        expect(harmed(faults, chunks)).toBe(harmed(faults, [text]));
      }),
      { numRuns: 100 },
    );
  });
});

describe("random faults", () => {
  const plan = { connections: 5, faults: 200, belowByte: 100_000 };

  test("the same seed gives the same faults, another one others", () => {
    expect(randomFaults(streamOf(1), plan)).toEqual(randomFaults(streamOf(1), plan));
    expect(randomFaults(streamOf(1), plan)).not.toEqual(randomFaults(streamOf(2), plan));
  });

  test("they are of all kinds, on all connections, in both directions, early and late", () => {
    const faults = randomFaults(streamOf(1), plan);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(HARM_KINDS));
    expect(new Set(faults.map(({ connection }) => connection))).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(new Set(faults.map(({ direction }) => direction))).toEqual(new Set(["up", "down"]));
    const early = faults.filter(({ atByte }) => atByte < 1563).length;
    expect(early).toBeGreaterThan(70);
    expect(early).toBeLessThan(130);
    expect(Math.max(...faults.map(({ atByte }) => atByte))).toBeGreaterThan(90_000);
  });

  test("kinds can be chosen", () => {
    const faults = randomFaults(streamOf(1), { ...plan, kinds: ["cut", "delay"], maxDelayMs: 3 });
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(["cut", "delay"]));
    const delays = faults.flatMap((fault) => (fault.kind === "delay" ? [fault.delayMs] : []));
    expect([Math.min(...delays), Math.max(...delays)]).toEqual([1, 3]);
  });
});
