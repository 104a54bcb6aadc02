import { createArena, type Arena } from "../../kernels/index.ts";
import { makeOptimiser, type OptimiserState } from "../../optim/index.ts";
import type { RandomStream } from "../../random/index.ts";
import { initialise, view } from "../../tensor/index.ts";
import type { Codebook } from "./codebook.ts";
import { codesByLevel, type RqVaeConfig } from "./config.ts";
import { codebookName, type RqVaeNetwork } from "./network.ts";

/** All numbers of an RQ-VAE, in one arena. */
export interface RqVaeLearned {
  readonly arena: Arena;
  /** [layout.size] */
  readonly parameters: Float32Array;
  /** The part of `parameters` that learns by gradient, from their start. */
  readonly trained: Float32Array;
  readonly gradient: Float32Array;
  readonly memory: OptimiserState;
  readonly codebooks: readonly Codebook[];
  /** One step of the config's optimiser, at `rate` times its learning rate. */
  readonly descend: (rate: number) => void;
  /** Takes the gradient of a level's codes away, and the optimiser's memory of them. */
  readonly hold: (level: number) => void;
  /** Forgets the optimiser's memory of some codes of a level: they have just started anew. */
  readonly forget: (level: number, codes: readonly number[]) => void;
}

export function createLearned(
  network: RqVaeNetwork,
  config: RqVaeConfig,
  random: RandomStream,
): RqVaeLearned {
  const { layout, networkSize } = network;
  const { width, optimiser, update } = config;
  const arena = createArena();
  const parameters = arena.float32(layout.size);
  parameters.set(initialise(layout, random));
  const size = update.kind === "gradient" ? layout.size : networkSize;
  const startOf = (level: number) =>
    layout.views.find(({ name }) => name === codebookName(level))!.offset;
  const trained = parameters.subarray(0, size);
  const gradient = arena.float32(size);
  const memory = makeOptimiser(optimiser, arena).init(size);
  const codebooks = codesByLevel(config).map((codes, level): Codebook => {
    const rows = view(layout, parameters, codebookName(level));
    // As if every code had been used once by a residual equal to it.
    return { rows, counts: new Float32Array(codes).fill(1), sums: rows.slice(), isFixed: false };
  });
  return {
    arena,
    parameters,
    trained,
    gradient,
    memory,
    codebooks,
    descend: (rate) => {
      const settings = { ...optimiser, learningRate: rate * optimiser.learningRate };
      makeOptimiser(settings, arena).step(trained, gradient, memory);
    },
    hold: (level) => {
      const start = startOf(level);
      const end = start + codebooks[level]!.rows.length;
      if (start >= size) return;
      for (const array of [gradient, ...Object.values(memory.moments)]) array.fill(0, start, end);
    },
    forget: (level, restarted) => {
      for (const moment of Object.values(memory.moments))
        for (const code of restarted) {
          const start = startOf(level) + code * width;
          if (start < size) moment.fill(0, start, start + width);
        }
    },
  };
}
