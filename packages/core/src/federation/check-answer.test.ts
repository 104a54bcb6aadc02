import { describe, expect, test } from "vitest";
import { checkAnswer } from "./check-answer.ts";
import { openMessage, encodeMessage } from "./codec/message.ts";
import type { Message, WireArray } from "./types.ts";

const request: Message = {
  kind: "train",
  stage: "train",
  round: 4,
  arrays: {
    w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    idle: { shape: [1], data: Float32Array.of(0) },
  },
  metadata: {},
};

const w = (...numbers: number[]): WireArray => ({
  shape: [2, 2],
  data: Float32Array.from(numbers),
});

const answer = (own: Partial<Message> = {}): Message => ({
  ...request,
  kind: "update",
  arrays: { w: w(5, 6, 7, 8) },
  ...own,
});

describe("an answer that may count", () => {
  test.each<[string, Message]>([
    ["arrays of the request's shapes, some of them left out", answer()],
    ["no arrays at all", answer({ arrays: {} })],
    [
      "arrays that the request did not have, of any shape",
      answer({
        arrays: { w: w(0, -0, 3e38, -3e38), uses: { shape: [3], data: Int32Array.of(1, 2, 3) } },
      }),
    ],
    ["an empty array", answer({ arrays: { none: { shape: [0], data: new Float64Array() } } })],
  ])("has %s", (_, given) => {
    expect(() => checkAnswer("a", request, given)).not.toThrow();
  });

  test("is read one array at a time, each once", () => {
    const bytes = encodeMessage(
      answer({ arrays: { w: w(1, 2, 3, 4), z: { shape: [1], data: Float64Array.of(1) } } }),
    );
    let reads = 0;
    const stored = openMessage({
      length: bytes.length,
      read: (from, to) => {
        reads += 1;
        return bytes.slice(from, to);
      },
    });
    const before = reads;
    checkAnswer("a", request, stored);
    expect(reads - before).toBe(2);
  });
});

describe("an answer that cannot be an honest one is refused, with who and what", () => {
  test.each<[string, Message, RegExp]>([
    ["NaN", answer({ arrays: { w: w(1, NaN, 3, 4) } }), /^client "a": array "w" holds NaN; /],
    ["infinity", answer({ arrays: { w: w(1, 2, 3, Infinity) } }), /array "w" holds Infinity; /],
    ["minus infinity", answer({ arrays: { w: w(-Infinity, 2, 3, 4) } }), /holds -Infinity; /],
    [
      "NaN in an array that the request did not have",
      answer({ arrays: { extra: { shape: [1], data: Float64Array.of(NaN) } } }),
      /array "extra" holds NaN; /,
    ],
    [
      "another shape",
      answer({ arrays: { w: { shape: [3], data: Float32Array.of(1, 2, 3) } } }),
      /array "w" has shape \[3\] where the request has \[2, 2\]; /,
    ],
    [
      "another shape of as many numbers",
      answer({ arrays: { w: { ...w(1, 2, 3, 4), shape: [4] } } }),
      /array "w" has shape \[4\] where the request has \[2, 2\]; /,
    ],
    [
      "the round before",
      answer({ round: 3 }),
      /an answer of stage "train", round 3, to stage "train", round 4; /,
    ],
    [
      "another stage",
      answer({ stage: "vocabulary" }),
      /an answer of stage "vocabulary", round 4, to stage "train", round 4; /,
    ],
  ])("%s", (_, given, problem) => {
    expect(() => checkAnswer("a", request, given)).toThrow(
      expect.objectContaining({
        code: "UPDATE_INVALID",
        message: expect.stringMatching(problem) as string,
      }),
    );
  });
});
