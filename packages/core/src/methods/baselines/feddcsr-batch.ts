import type { Arena } from "../../kernels/index.ts";
import type { FeddcsrSettings } from "../../models/federated-recommenders/index.ts";
import { shuffle, uniform, uniformBelow, type RandomStream } from "../../random/index.ts";

type Sizes = Pick<FeddcsrSettings, "length" | "width" | "negatives"> & { readonly users: number };

/** Sequences of B users in fixed places, -1 where a place of [B, L] holds no item; padding at the start. */
export interface SequenceBatch {
  readonly items: Int32Array;
  readonly shuffled: Int32Array;
  readonly targets: Int32Array;
  /** [N], for all targets alike. */
  readonly negatives: Int32Array;
  /** [B, L]: 1 where there is an item. */
  readonly mask: Float32Array;
  /** [B, L, width] each, standard normal where there is an item. */
  readonly noise: Readonly<Record<"shared" | "exclusive" | "negative" | "augmented", Float32Array>>;
  readonly clear: () => void;
  /** The latest items of a history that is to be gone on from. */
  readonly putHistory: (place: number, history: Int32Array) => void;
  /** All but the last of a sequence as items, all but the first as targets, the items in another order. */
  readonly putSequence: (place: number, sequence: Int32Array, random: RandomStream) => void;
  /** Negatives, uniform and with replacement, and noise. */
  readonly draw: (numItems: number, random: RandomStream) => void;
}

export function sequenceBatch(sizes: Sizes, arena: Arena): SequenceBatch {
  const { users, length, width } = sizes;
  const places = users * length;
  const [items, shuffled, targets] = [0, 1, 2].map(() => new Int32Array(places)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const negatives = new Int32Array(sizes.negatives);
  const mask = arena.float32(places);
  const draws = () => arena.float32(places * width);
  const noise = { shared: draws(), exclusive: draws(), negative: draws(), augmented: draws() };
  const put = (place: number, own: Int32Array): number => {
    const at = (place + 1) * length - own.length;
    items.set(own, at);
    mask.fill(1, at, at + own.length);
    return at;
  };
  return {
    items,
    shuffled,
    targets,
    negatives,
    mask,
    noise,
    clear: () => {
      for (const own of [items, shuffled, targets]) own.fill(-1);
      mask.fill(0);
    },
    putHistory: (place, history) => {
      put(place, history.subarray(Math.max(0, history.length - length)));
    },
    putSequence: (place, sequence, random) => {
      const own = sequence.subarray(Math.max(0, sequence.length - length - 1));
      const at = put(place, own.subarray(0, -1));
      targets.set(own.subarray(1), at);
      const other = own.slice(0, -1);
      shuffle(random, other);
      shuffled.set(other, at);
    },
    draw: (numItems, random) => {
      for (let i = 0; i < negatives.length; i++) negatives[i] = uniformBelow(random, numItems);
      for (const values of Object.values(noise)) {
        values.fill(0);
        for (let place = 0; place < places; place++)
          if (mask[place] === 1) fillNormal(values, { from: place * width, width, random });
      }
    },
  };
}

/** Standard normal draws, two of each pair of uniform ones: Box and Muller 1958. */
function fillNormal(
  values: Float32Array,
  {
    from,
    width,
    random,
  }: { readonly from: number; readonly width: number; readonly random: RandomStream },
): void {
  for (let k = 0; k < width; k += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(random)));
    const angle = 2 * Math.PI * uniform(random);
    values[from + k] = radius * Math.cos(angle);
    if (k + 1 < width) values[from + k + 1] = radius * Math.sin(angle);
  }
}
