import type { RandomStream } from "../../random/index.ts";
import { windows, type Executor } from "../../tensor/index.ts";
import { clipToNorm } from "./clip.ts";
import { countUses, moveToAverages, restartDead } from "./codebook.ts";
import type { RqVaeLearned } from "./learned.ts";
import { stepProgram, type RqVaeShape } from "./program.ts";

/** What a step measured, before it moved anything. */
export interface RqVaeLosses {
  /** What is minimised. */
  readonly loss: number;
  readonly reconstruction: number;
  readonly commitment: number;
}

export interface RqVaeStep {
  /** [batchSize * inputs], to be filled before each run. */
  readonly x: Float32Array;
  /** Steps taken so far; the warm-up counts by it. */
  steps: number;
  /** One step on `x`; dead codes draw their new start from `random`. */
  readonly run: (random: RandomStream) => Promise<RqVaeLosses>;
  readonly close: () => Promise<void>;
}

export async function createRqVaeStep(
  shape: RqVaeShape,
  learned: RqVaeLearned,
  executor: Executor,
): Promise<RqVaeStep> {
  const { network, config, inputs } = shape;
  const { batchSize, width, levels, update } = config;
  const { arena, parameters, gradient, codebooks } = learned;
  const program = await executor.load(stepProgram(shape));
  const x = arena.float32(batchSize * inputs);
  const batches = Array.from({ length: levels }, () => ({
    codes: new Int32Array(batchSize),
    residuals: arena.float32(batchSize * width),
  }));
  const [loss, reconstruction, commitment] = [1, 1, 1].map(arena.float32) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const gradients = Object.fromEntries(
    network.layout.views
      .filter(({ offset }) => offset < gradient.length)
      .map(({ name, offset, length }) => [
        `gradient:parameter:${name}`,
        gradient.subarray(offset, offset + length),
      ]),
  );
  const bound = program.bind(
    { x, ...windows(network.layout, parameters, "parameter") },
    {
      loss,
      reconstruction,
      commitment,
      ...gradients,
      ...Object.fromEntries(
        batches.flatMap(({ codes, residuals }, level) => [
          [`codes:${level}`, codes],
          [`residual:${level}`, residuals],
        ]),
      ),
    },
  );
  const step: RqVaeStep = {
    x,
    steps: 0,
    run: async (random) => {
      await bound.run();
      const held = codebooks.map(({ isFixed, rows }, level) => {
        if (!isFixed) return undefined;
        learned.hold(level);
        return rows.slice();
      });
      if (config.clipNorm !== null) clipToNorm(gradient, config.clipNorm);
      step.steps += 1;
      learned.descend(Math.min(1, step.steps / Math.max(1, config.warmUpSteps)));
      codebooks.forEach((codebook, level) => {
        const rows = held[level];
        if (rows !== undefined) {
          // The optimiser's decay moves even what has no gradient.
          codebook.rows.set(rows);
          return;
        }
        countUses(codebook, batches[level]!, config.decay);
        if (update.kind === "ema") moveToAverages(codebook, update.epsilon);
        learned.forget(level, restartDead(codebook, batches[level]!, config.restartBelow, random));
      });
      return {
        loss: loss[0]!,
        reconstruction: reconstruction[0]!,
        commitment: commitment[0]!,
      };
    },
    close: () => program.release(),
  };
  return step;
}
