import type { PickedItems } from "../../augmentation/index.ts";
import type { TrainingEvents } from "../../population/index.ts";
import type { RandomStream } from "../../random/index.ts";
import type { RequestReader } from "../../request/types.ts";
import { fillAugmented } from "./augmented.ts";
import { clearPlace, type ChunkBuffers } from "./chunk-buffers.ts";
import { domainsOfItems, negativeDraw } from "./negatives.ts";
import { sequenceFiller } from "./sequences.ts";
import { createSlots } from "./slots.ts";

/** What augmentation says of users, and what liked items count beside those that users chose. */
export interface ChunkAugmentation {
  readonly liked: PickedItems;
  readonly disliked: PickedItems;
  /** What one liked item counts as a target beside one that the user chose in the same domain, which counts 1. */
  readonly weight: number;
}

export interface ChunkFillerOptions {
  readonly itemStarts: Int32Array;
  /** What a request knows of candidates, where training looks at it. */
  readonly reader?: RequestReader | undefined;
  readonly augmentation?: ChunkAugmentation | undefined;
  /** [users, D, P], where users have profiles. */
  readonly profiles?: Float32Array | undefined;
}

/** Writes training users to places of chunks. */
export interface ChunkFiller {
  /**
   * The user's latest L + 1 training events: all but the last are read, all but the first are predicted, each
   * with weight 1 over the targets of its domain. Negatives are uniform among the domain's items that the user
   * has in no training event; disliked items take the first places. Liked items are further targets of the last
   * state, each with a share of what one own target of its domain weighs; where the domain has none, of what a
   * target of the whole window would weigh. False, and an empty place, for users without a target.
   *
   * `view`: all that is looked at, where it is not `events`: those of the one domain that a silo has. Nothing is
   * then drawn for other domains, so that no number hangs on what the user has there.
   */
  readonly fill: (
    place: number,
    user: number,
    options: {
      readonly events: TrainingEvents;
      readonly view?: TrainingEvents | undefined;
      readonly random: RandomStream;
    },
  ) => boolean;
}

export function chunkFiller(
  chunk: ChunkBuffers,
  { itemStarts, reader, augmentation, profiles }: ChunkFillerOptions,
): ChunkFiller {
  const { sizes } = chunk;
  const { domains, length, targets, own, negatives: most, requestNumbers, profileWidth } = sizes;
  const domainOf = domainsOfItems(itemStarts);
  const slots = createSlots(domainOf.length, own);
  const draw = negativeDraw(itemStarts, { domainOf });
  const sequences = sequenceFiller(chunk, sizes, { domainOf, slots });
  const counts = new Int32Array(domains);

  const setTarget = (place: number, t: number, item: number, weight: number) => {
    const x = domainOf[item]!;
    chunk.targetAt[place * targets + t] = slots.of(item);
    chunk.targetDomain[(place * domains + x) * targets + t] = 1;
    chunk.weight[place * targets + t] = weight;
  };

  const setStates = (place: number, t: number, position: number, states: Int32Array) => {
    chunk.stateAt[place * targets + t] = position;
    for (let x = 0; x < domains; x++)
      chunk.domainStateAt[(place * domains + x) * targets + t] = states[x]!;
  };

  const drawNegatives = (
    place: number,
    user: number,
    { random, sees }: { readonly random: RandomStream; readonly sees: (x: number) => boolean },
  ) => {
    for (let x = 0; x < domains; x++) {
      if (!sees(x)) continue;
      const at = (place * domains + x) * most;
      let count = 0;
      if (augmentation !== undefined) {
        const { offsets, items } = augmentation.disliked;
        const end = offsets[user * domains + x + 1]!;
        for (let i = offsets[user * domains + x]!; i < end && count < most; i++)
          if (draw.exclude(items[i]!)) chunk.negatives[at + count++] = items[i]!;
      }
      count += draw.draw(x, most - count, { random, out: chunk.negatives, at: at + count });
      chunk.negativePresent.fill(1, at, at + count);
    }
  };

  const copyProfile = (profiles: Float32Array, from: number, to: number) => {
    for (let k = 0; k < profileWidth; k++)
      chunk.profile[to * profileWidth + k] = profiles[from * profileWidth + k]!;
  };

  /** Numbers of a target and of the negatives of its domain; the reader holds the history before it. */
  const know = (place: number, t: number, item: number, days: number) => {
    const target = place * targets + t;
    reader!.write(item, days, chunk.requestTarget, target * requestNumbers);
    const from = (place * domains + domainOf[item]!) * most;
    for (let n = 0; n < most && chunk.negativePresent[from + n] === 1; n++)
      reader!.write(
        chunk.negatives[from + n]!,
        days,
        chunk.requestNegatives,
        (target * most + n) * requestNumbers,
      );
  };

  return {
    fill: (place, user, { events, view = events, random }) => {
      clearPlace(chunk, place);
      const { item, days } = view;
      const from = view.starts[user]!;
      const last = view.starts[user + 1]! - 1;
      if (last - from < 1) return false;
      chunk.present[place] = 1;
      slots.begin(chunk.own, place * own);
      const start = sequences.fill(place, item, from, last);
      const ofSilo = view === events ? -1 : domainOf[item[last]!]!;
      const sees = (x: number) => ofSilo < 0 || x === ofSilo;
      if (profiles !== undefined)
        for (let x = 0; x < domains; x++)
          if (sees(x)) copyProfile(profiles, user * domains + x, place * domains + x);
      draw.begin();
      for (let i = from; i <= last; i++) draw.exclude(item[i]!);
      if (augmentation !== undefined)
        for (let x = 0; x < domains; x++)
          if (sees(x)) excludeAll(augmentation.liked, user * domains + x, draw.exclude);
      drawNegatives(place, user, { random, sees });

      counts.fill(0);
      for (let i = start + 1; i <= last; i++) counts[domainOf[item[i]!]!]! += 1;
      if (reader !== undefined) {
        reader.begin();
        for (let i = from; i <= start; i++) reader.push(item[i]!);
      }
      for (let i = start + 1; i <= last; i++) {
        const t = length - 1 - (last - i);
        setStates(place, t, t, sequences.statesBefore(i));
        setTarget(place, t, item[i]!, 1 / counts[domainOf[item[i]!]!]!);
        if (reader === undefined) continue;
        know(place, t, item[i]!, days[i]!);
        if (i < last) reader.push(item[i]!);
      }
      if (augmentation === undefined) return true;
      const states = sequences.statesBefore(last);
      let t = length;
      for (let x = 0; x < domains; x++) {
        if (!sees(x)) continue;
        const { offsets, items } = augmentation.liked;
        const end = offsets[user * domains + x + 1]!;
        const weight = augmentation.weight / (counts[x]! || last - start);
        for (let i = offsets[user * domains + x]!; i < end; i++, t++) {
          setStates(place, t, length - 1, states);
          setTarget(place, t, items[i]!, weight);
          if (reader !== undefined) know(place, t, items[i]!, days[last]!);
        }
      }
      fillAugmented(chunk, place, { liked: augmentation.liked, user, slots, random });
      return true;
    },
  };
}

function excludeAll(
  { offsets, items }: PickedItems,
  group: number,
  exclude: (item: number) => boolean,
): void {
  for (let i = offsets[group]!; i < offsets[group + 1]!; i++) exclude(items[i]!);
}
