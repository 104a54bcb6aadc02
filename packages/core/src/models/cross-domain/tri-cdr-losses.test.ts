import { expect, test } from "vitest";
import { run } from "../../nn/run.fixture.ts";
import { crossUserContrast, tripletLosses } from "./tri-cdr-losses.ts";

/** Unit vectors of angles. */
const at = (...degrees: readonly number[]) =>
  degrees.map((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]);

async function contrast(one: number[][], other: number[][], counts: number[]) {
  const { losses } = await run(
    ({ a, b, c }) => ({ losses: crossUserContrast(a!, b!, { counts: c!, temperature: 0.5 }) }),
    { inputs: { a: one, b: other, c: counts } },
  );
  return losses!;
}

test("two users at right angles, whose views agree: log(1 + 2 exp(-1 / t))", async () => {
  const losses = await contrast(at(0, 90), at(0, 90), [1, 1]);
  for (const loss of losses) expect(loss).toBeCloseTo(Math.log(1 + 2 * Math.exp(-2)), 5);
});

test("lengths play no part, and who does not count is nobody's negative", async () => {
  const scaled = at(0, 90, 37).map((v, i) => v.map((x) => x * (i + 2)));
  const losses = await contrast(scaled, at(0, 90, 1), [1, 1, 0]);
  expect(losses[0]).toBeCloseTo(Math.log(1 + 2 * Math.exp(-2)), 5);
  expect(losses[2]).toBe(0);
});

test("alone there is nothing to tell apart: 0, with a vector of zeros too, and slopes that are finite", async () => {
  const outputs = await run(
    ({ a, b, c }) => ({ loss: crossUserContrast(a!, b!, { counts: c!, temperature: 0.1 }).sum() }),
    {
      inputs: {
        a: [
          [0, 0],
          [0, 0],
        ],
        b: [
          [1, 0],
          [0, 0],
        ],
        c: [1, 0],
      },
      wrt: ["a", "b"],
    },
  );
  expect(outputs["loss"]![0]).toBeCloseTo(0, 6);
  for (const name of ["gradient:a", "gradient:b"])
    expect(outputs[name]!.every(Number.isFinite)).toBe(true);
});

test("the margin is what the nearer one lacks: 5 - 13 + 10, or nothing", async () => {
  const { losses } = await run(
    ({ a, p, n }) => ({ losses: tripletLosses(a!, { near: p!, far: n!, margin: 10 }) }),
    {
      inputs: {
        a: [
          [0, 0],
          [0, 0],
        ],
        p: [
          [3, 4],
          [0, 1],
        ],
        n: [
          [5, 12],
          [0, 12],
        ],
      },
    },
  );
  expect(losses![0]).toBeCloseTo(2, 4);
  expect(losses![1]).toBe(0);
});
