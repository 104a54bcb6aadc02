import { describe, expect, test } from "vitest";
import { keptPrograms } from "../../../core/src/tensor/kept-programs.fixture.ts";
import {
  chunksDoNotMatter,
  clipsUserByUser,
  gradientsAreDerivatives,
  lengthsDoNotMatter,
  scoresAreTrainingLogits,
  worldOf,
} from "../../../core/src/training/population/gradients.laws.ts";
import { onnxExecutor } from "../executor/index.ts";

const executor = keptPrograms(onnxExecutor({ intraOpThreads: 1 }));

describe("gradients of a population", () => {
  test("do not depend on who shares a chunk", () => chunksDoNotMatter(executor));

  test("do not depend on how long the program's sequences are", () => lengthsDoNotMatter(executor));

  test.each([
    { table: "items" } as const,
    { table: "codes", publicWidth: 3, profileWidth: 2, loss: "bce", request: true } as const,
  ])("are derivatives of the loss: $table", (options) =>
    gradientsAreDerivatives(executor, options),
  );

  test.each([{ table: "items" } as const, { table: "codes" } as const])(
    "are clipped user by user: $table",
    (options) => clipsUserByUser(executor, options),
  );
});

describe("scoring", () => {
  test.each([
    { head: "product", request: true } as const,
    { head: "product", publicWidth: 3, profileWidth: 2, loss: "bce" } as const,
    { head: "mlp", publicWidth: 3, profileWidth: 3 } as const,
  ])("says what training learned from: $head $loss", (options) =>
    scoresAreTrainingLogits(executor, options),
  );

  test("represents users by their training events; one without any by zeros", async () => {
    const { openScorer, events, user } = worldOf(executor);
    const scorer = await openScorer();
    const users = Int32Array.of(user("ann"), user("bob"), user("eve"), user("cem"));
    const vectors = await scorer.represent(users, events);
    const width = vectors.length / users.length / 3;
    const isZero = (i: number, encoder: number) =>
      vectors
        .subarray((3 * i + encoder) * width, (3 * i + encoder + 1) * width)
        .every((value) => value === 0);
    const zeros = [0, 1, 2, 3].map((i) => [0, 1, 2].map((encoder) => isZero(i, encoder)));
    const all = [false, false, false];
    expect(zeros).toEqual([all, [false, true, false], [true, true, true], [true, false, false]]);
    await scorer.close();
  });
});
