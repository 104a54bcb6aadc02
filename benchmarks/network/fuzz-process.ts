import { AtollError } from "@atoll/core/errors";
import {
  checkAnswer,
  decodeMessage,
  encodeMessage,
  openMessage,
  type Message,
} from "@atoll/core/federation";
import {
  fuzzFrames,
  quickKey,
  quickVerify,
} from "../../packages/network/src/protocol/frames.fixture.ts";
import { serverForTest } from "../../packages/network/src/protocol/protocol.fixture.ts";
import type { FuzzRow } from "./results.ts";
import { usage } from "./usage.ts";
import { answering } from "./workers.ts";

/** A server remembers what was called in ten minutes of its clock, which stands still here: then comes the next one. */
const FRAMES_OF_A_SERVER = 50_000;

interface Counting {
  readonly count: number;
  readonly seed: number;
}

/** Does so many, and looks at memory from time to time. */
async function counted(
  what: FuzzRow["what"],
  count: number,
  some: (done: number, most: number) => Promise<ReadonlyMap<string, number>>,
): Promise<FuzzRow> {
  const outcomes: Record<string, number> = {};
  const beginMs = performance.now();
  let earlyMiB = 0;
  for (let done = 0; done < count;) {
    const most = Math.min(FRAMES_OF_A_SERVER, count - done);
    for (const [name, times] of await some(done, most))
      outcomes[name] = (outcomes[name] ?? 0) + times;
    done += most;
    if (earlyMiB === 0 && done >= count / 10) earlyMiB = usage().residentMiB;
  }
  const seconds = (performance.now() - beginMs) / 1000;
  return { what, count, outcomes, seconds, earlyMiB, peakMiB: usage().peakMiB };
}

const frames = ({ count, seed }: Counting): Promise<FuzzRow> =>
  counted("frames", count, async (done, most) => {
    const key = quickKey("de");
    const server = serverForTest(
      {
        arrival: async (claim) => ({ ...claim, receivedBytes: 0, isWhole: false }),
        put: async ({ sha256, sizeBytes }) => ({
          sha256,
          sizeBytes,
          receivedBytes: 0,
          isWhole: false,
        }),
        fetch: async () => ({ sizeBytes: 5 }),
      },
      {
        identify: async (name) => (name === "de" ? { publicKeys: [key.publicKey] } : undefined),
        serverKey: quickKey("server"),
        verify: quickVerify,
      },
    );
    const { nowMs } = server.clock;
    const { answers } = await fuzzFrames(server.serve, {
      key,
      nowMs,
      count: most,
      seed: seed + done,
    });
    if (server.errors.length > 0)
      throw new Error("the server failed inside", { cause: server.errors[0] });
    return answers;
  });

const REQUEST: Message = {
  kind: "update",
  stage: "train",
  round: 3,
  arrays: {
    bias: { shape: [3], data: Float32Array.of(1, 2, 3) },
    counts: { shape: [2], data: Int32Array.of(1, 2) },
    exact: { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
    mask: { shape: [5], data: Uint8Array.of(0, 1, 0, 1, 1) },
  },
  metadata: { numExamples: 7, nested: { loss: 0.5 } },
};
const ODD = [
  "null",
  "-1",
  "1e308",
  "9007199254740993",
  "[]",
  "{}",
  '"F32"',
  '"__proto__"',
  "[0,0]",
];
const NUMBER = /-?\d+/g;

function drawsOf(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** A message with some of its bytes, or some word of its header, changed. */
function mutated(whole: Uint8Array, draw: (bound: number) => number): Uint8Array {
  const bytes = Buffer.from(whole);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  switch (draw(7)) {
    case 0:
      return bytes.subarray(0, draw(bytes.length));
    case 1:
      return Buffer.concat([bytes, bytes.subarray(draw(bytes.length))]);
    case 2:
      bytes.writeBigUInt64LE(BigInt(draw(2 ** 32)) << BigInt(draw(32)), 0);
      return bytes;
    case 3:
      for (let i = draw(200); i >= 0; i--) bytes[draw(bytes.length)] = draw(256);
      return bytes;
    case 4: {
      // Under a length that is right, a number of the header that is not.
      const text = bytes.toString("utf8", 8, 8 + headerLength);
      const numbers = [...text.matchAll(NUMBER)];
      const { index, 0: found } = numbers[draw(numbers.length)]!;
      const odd = draw(3) === 0 ? ODD[draw(ODD.length)]! : String(draw(2 ** 32));
      const header = Buffer.from(text.slice(0, index) + odd + text.slice(index + found.length));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      return Buffer.concat([length, header, bytes.subarray(8 + headerLength)]);
    }
    case 5:
      bytes.copyWithin(draw(bytes.length), draw(bytes.length));
      return bytes;
    default:
      for (let i = draw(4); i >= 0; i--) bytes[draw(bytes.length)]! ^= 1 << draw(8);
      return bytes;
  }
}

/** What comes of a message: taken, or the code of its refusal; anything else ends the run. */
function outcomeOf(read: () => Message): string {
  try {
    checkAnswer("de", REQUEST, read());
    return "ok";
  } catch (error) {
    if (error instanceof AtollError) return error.code;
    throw error;
  }
}

const messages = ({ count, seed }: Counting): Promise<FuzzRow> =>
  counted("messages", count, async (done, most) => {
    const whole = encodeMessage(REQUEST);
    const draw = drawsOf(seed + done);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < most; i++) {
      const bytes = mutated(whole, draw);
      const stored = {
        length: bytes.length,
        read: (from: number, to: number) => {
          if (!(from >= 0 && from <= to && to <= bytes.length))
            throw new Error(`bytes ${from} to ${to} of ${bytes.length} were read`);
          return bytes.subarray(from, to);
        },
      };
      const outcome = outcomeOf(() => decodeMessage(bytes));
      const opened = outcomeOf(() => openMessage(stored));
      if (outcome !== opened)
        throw new Error(`decoded, a message is ${outcome}; opened, it is ${opened}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    return outcomes;
  });

answering({ frames, messages });
