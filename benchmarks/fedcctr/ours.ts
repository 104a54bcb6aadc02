import { createArena } from "@atoll/core/kernels";
import { crossDomainLayout, idstCl } from "@atoll/core/models/cross-domain";
import { streamOf } from "@atoll/core/random";
import {
  chunkSizesOf,
  createLearnedVector,
  initialVector,
  itemTableRows,
  populationGradients,
} from "@atoll/core/training/population";
import { onnxExecutor } from "@atoll/node/executor";
import { eventsOf, type RoundSetting } from "./setting.ts";

export interface RoundOptions {
  /** Whether each client's gradient is scaled to a norm of at most clipNorm. */
  readonly clipped: boolean;
  /** Whether masks are drawn; default: yes. */
  readonly dropped?: boolean;
}

/** Our side, on one thread: sums of clients' gradients. */
export async function ours(setting: RoundSetting) {
  const { blocks, heads, dropout, cdrd, chunk, itemsPerDomain, clipNorm, clients, width } = setting;
  const { events, itemStarts } = eventsOf(setting);
  const model = idstCl({
    encoders: "triple",
    head: "product",
    blocks,
    heads,
    dropout,
    cdrd,
    idra: { weight: 0, margin: 0 },
  });
  const sizes = chunkSizesOf({
    users: chunk,
    domains: 2,
    length: setting.length,
    domainLength: setting.domainLength,
    negatives: setting.negatives,
    width,
    publicWidth: 0,
    learnedRows: true,
    profileWidth: 0,
    requestNumbers: 0,
    liked: 0,
  });
  const arena = createArena();
  const layout = crossDomainLayout(model, sizes);
  const learned = createLearnedVector(
    layout,
    [{ name: "items", rows: 2 * itemsPerDomain, width }],
    arena,
  );
  learned.values.set(initialVector(learned, 1));
  const gradients = await populationGradients({
    model,
    sizes,
    loss: "sampled-softmax",
    request: "none",
    learned,
    rows: itemTableRows(learned),
    itemStarts,
    events,
    executor: onnxExecutor({ intraOpThreads: 1 }),
    arena,
  });
  const all = Int32Array.from({ length: clients }, (_, user) => user);
  const streamOfUser = (user: number) => streamOf(1, "user", user);
  const sum = new Float64Array(learned.size);
  return {
    events,
    itemStarts,
    sizes,
    learned,
    streamOf: streamOfUser,
    /** One round of these clients, all by default; gives what they sum up to, in an array that is used again. */
    round: async ({ clipped, dropped = true }: RoundOptions, users = all) => {
      sum.fill(0);
      await gradients.add(users, sum, {
        streamOf: streamOfUser,
        dropout: dropped,
        ...(clipped && { bound: clipNorm }),
      });
      return sum;
    },
    close: () => gradients.close(),
  };
}

export type Ours = Awaited<ReturnType<typeof ours>>;
