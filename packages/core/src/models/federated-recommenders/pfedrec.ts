import { z } from "zod";
import { normal, streamOf, uniform } from "../../random/index.ts";
import { pause } from "../collaborative/pause.ts";
import type { Choices } from "./choices.ts";
import { pfedrecUser } from "./pfedrec-user.ts";
import type { Predictor, SharedVectors, SimulatedUsers } from "./types.ts";

const count = z.number().int().positive();

export const pfedrecSettings = {
  width: count.default(32).describe("entries of item vectors"),
  negatives: count.default(4).describe("for each choice, drawn anew each round"),
  batchSize: count.default(256).describe("examples of a user's step"),
  learningRate: z.number().positive().default(1).describe("of score functions"),
  eta: z
    .number()
    .positive()
    .default(8)
    .describe("a user's item vectors move at learningRate * items * eta"),
  std: z.number().positive().default(0.1).describe("spread of the first item vectors"),
};

const pfedrecObject = z.strictObject(pfedrecSettings);
export type PfedrecSettings = z.infer<typeof pfedrecObject> & {
  /** Passes of a user per round. */
  readonly localEpochs: number;
  readonly seed: number;
};

const USERS_PER_PAUSE = 512;

/**
 * Users of PFedRec (Zhang et al. 2023, arXiv 2301.08143). There are no user vectors: what tells users apart
 * is a score function of each user's own, [width + 1] numbers, which stays at home. A user trains it, and
 * its own copy of the item vectors, and would send that copy; formed here is the sum of what the copies
 * moved by. All score functions start alike. Defaults are ours: the authors' code has a learning rate of 0.1,
 * eta 80 and std 1, with which score functions hardly part in as many rounds.
 */
export function pfedrecUsers(choices: Choices, settings: PfedrecSettings): SimulatedUsers {
  const { width, localEpochs } = settings;
  const user = pfedrecUser(choices, settings);
  const functions = firstFunctions(choices.numUsers, settings);
  const step = stepOf(choices, settings);
  return {
    home: { functions },
    answer: async ({ shared, users, sum, streamOf: stream, signal, onProgress }) => {
      let [loss, examples, seen] = [0, 0, 0];
      for (const [done, u] of users.entries()) {
        if (done % USERS_PER_PAUSE === 0) {
          await pause(signal);
          onProgress?.(done / users.length);
        }
        const random = stream(u);
        user.begin(u, shared, random);
        const own = functions.subarray(u * (width + 1), (u + 1) * (width + 1));
        for (let epoch = 0; epoch < localEpochs; epoch++) loss += user.pass(own, random, step);
        seen += localEpochs * user.size();
        user.addMoves(shared, sum);
        examples += choices.offsets[u + 1]! - choices.offsets[u]!;
      }
      return { loss: seen > 0 ? loss / seen : 0, examples };
    },
    predictor: (shared) => pfedrecPredictor(choices, settings, { shared, functions }),
  };
}

function stepOf({ numItems }: Choices, { learningRate, eta, batchSize }: PfedrecSettings) {
  return { learningRate, itemLearningRate: learningRate * numItems * eta, batchSize };
}

/** Uniform on +-1 / sqrt(width), as a linear layer of PyTorch starts; the same for every user. */
function firstFunctions(numUsers: number, { width, seed }: PfedrecSettings): Float32Array {
  const random = streamOf(seed, "pfedrec", "score function");
  const bound = 1 / Math.sqrt(width);
  const first = Float32Array.from({ length: width + 1 }, () => bound * (2 * uniform(random) - 1));
  const functions = new Float32Array(numUsers * (width + 1));
  for (let u = 0; u < numUsers; u++) functions.set(first, u * (width + 1));
  return functions;
}

/**
 * The second half of dual personalisation: who asks takes the item vectors of the server and trains its own
 * copy for a pass, with its score function as it stands, before it scores.
 */
function pfedrecPredictor(
  choices: Choices,
  settings: PfedrecSettings,
  { shared, functions }: { readonly shared: Float32Array; readonly functions: Float32Array },
): Predictor {
  const { width, seed } = settings;
  const user = pfedrecUser(choices, settings);
  const step = { ...stepOf(choices, settings), learningRate: 0 };
  let [own, of] = [functions, -1];
  return {
    begin: (u) => {
      if (u === of) return;
      of = u;
      const random = streamOf(seed, "pfedrec", "scoring", u);
      own = functions.subarray(u * (width + 1), (u + 1) * (width + 1));
      user.begin(u, shared, random);
      user.pass(own, random, step);
    },
    score: (item) => {
      const at = user.rowOf(item);
      const rows = at < 0 ? shared : user.rows();
      const from = at < 0 ? item * width : at;
      let logit = own[width]!;
      for (let k = 0; k < width; k++) logit += own[k]! * rows[from + k]!;
      return logit;
    },
  };
}

/** The server's half: the mean of the users' item vectors, which is what they moved by on average. */
export function pfedrecServer({
  width,
  std,
}: Pick<PfedrecSettings, "width" | "std">): SharedVectors {
  return {
    width,
    initial: (numItems, random) =>
      Float32Array.from({ length: numItems * width }, () => std * normal(random)),
    moments: [],
    step: (shared, { sum, answered }) => {
      for (let i = 0; i < shared.length; i++) shared[i]! += sum[i]! / answered;
    },
  };
}
