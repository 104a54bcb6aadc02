import type { ChunkSizes } from "../../models/cross-domain/types.ts";
import type { SequenceBuffers } from "./chunk-buffers.ts";
import type { Slots } from "./slots.ts";

/** Writes what a user chose as the model reads it, to places that were cleared. */
export interface SequenceFiller {
  /**
   * Writes items[from] to items[to - 1], oldest first: the latest L of them merged, and the latest X of each
   * domain, which may reach further back. Gives where the merged ones begin.
   */
  readonly fill: (place: number, items: Int32Array, from: number, to: number) => number;
  /**
   * [D], of the user that was filled last: the position of each domain's latest event before items[before];
   * -1 where there is none, or where its own sequence begins later. `before` never falls from call to call.
   */
  readonly statesBefore: (before: number) => Int32Array;
}

export function sequenceFiller(
  { merged, domains }: Pick<SequenceBuffers, "merged" | "domains">,
  sizes: Pick<ChunkSizes, "domains" | "length" | "domainLength">,
  { domainOf, slots }: { readonly domainOf: Uint8Array; readonly slots: Slots },
): SequenceFiller {
  const { domains: numDomains, length, domainLength } = sizes;
  const counts = new Int32Array(numDomains);
  const positions = new Int32Array(numDomains);
  const states = new Int32Array(numDomains);
  let items = new Int32Array(0);
  let current = 0;
  let next = 0;
  return {
    fill: (place, given, from, to) => {
      items = given as Int32Array<ArrayBuffer>;
      current = place;
      const start = Math.max(from, to - length);
      positions.fill(domainLength - 1);
      for (let i = start; i < to; i++) {
        merged[(place + 1) * length - to + i] = slots.of(items[i]!);
        positions[domainOf[items[i]!]!]! -= 1;
      }
      counts.fill(0);
      let full = 0;
      for (let i = to - 1; i >= from && full < numDomains; i--) {
        const x = domainOf[items[i]!]!;
        const count = counts[x]!;
        counts[x] = count + 1;
        if (count >= domainLength) continue;
        domains[(place * numDomains + x + 1) * domainLength - 1 - count] = slots.of(items[i]!);
        if (count + 1 === domainLength) full += 1;
      }
      next = start;
      return start;
    },
    statesBefore: (before) => {
      for (; next < before; next++) positions[domainOf[items[next]!]!]! += 1;
      for (let x = 0; x < numDomains; x++) {
        const at = positions[x]!;
        const known = at >= 0 && domains[(current * numDomains + x) * domainLength + at]! >= 0;
        states[x] = known ? at : -1;
      }
      return states;
    },
  };
}
