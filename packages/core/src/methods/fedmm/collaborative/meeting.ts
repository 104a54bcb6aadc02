import { checkedArray, checkedRows } from "../../../federation/index.ts";
import type { SavedState } from "../../../federation/stage.ts";
import type { WireArray } from "../../../federation/types.ts";

/** The server's part: averages of a round, and who holds which anchor. */
export interface Meeting {
  readonly receive: (
    replies: ReadonlyMap<string, { readonly arrays: Readonly<Record<string, WireArray>> }>,
  ) => void;
  /** The averages that are a client's business; none before the first round and for one not heard yet. */
  readonly averagesFor: (client: string) => Record<string, WireArray>;
  readonly save: () => SavedState["arrays"];
  readonly load: (arrays: SavedState["arrays"]) => void;
}

/**
 * Per anchor and model, over the clients that sent it in this round, with n_c the item's training
 * positives at client c:
 *
 *   v <- sum_c n_c v_c / sum_c n_c
 *
 * and the plain mean where no n_c is above zero. Sums are taken in double precision, in client order.
 */
export function meeting(names: readonly string[]): Meeting {
  const held = new Map<string, Int32Array>();
  let ids = new Int32Array(0);
  let averages = new Map<string, { readonly width: number; readonly rows: Float32Array }>();
  return {
    receive: (replies) => {
      const sent = [...replies].flatMap(([client, { arrays }]) => {
        if (arrays["anchors"] === undefined) return [];
        const own = checkedArray({ client, arrays }, "anchors", { type: "I32" });
        held.set(client, own);
        return own.length === 0 ? [] : [{ client, arrays, ids: own }];
      });
      ids = Int32Array.from(new Set(sent.flatMap((own) => [...own.ids]))).sort();
      const rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
      averages = new Map(
        sent.length === 0 ? [] : names.map((name) => [name, averageRows(name, sent, rowOf)]),
      );
    },
    averagesFor: (client) => {
      const present = new Map(Array.from(ids, (id, row) => [id, row]));
      const own = (held.get(client) ?? new Int32Array(0)).filter((id) => present.has(id));
      if (own.length === 0) return {};
      const arrays: Record<string, WireArray> = { anchors: { shape: [own.length], data: own } };
      for (const [name, { width, rows }] of averages) {
        const data = new Float32Array(own.length * width);
        own.forEach((id, at) => {
          const row = present.get(id)! * width;
          data.set(rows.subarray(row, row + width), at * width);
        });
        arrays[`item-vectors/${name}`] = { shape: [own.length, width], data };
      }
      return arrays;
    },
    save: () => ({
      ids: { shape: [ids.length], data: ids },
      ...Object.fromEntries(
        [...averages].map(([name, { width, rows }]) => [
          `average:${name}`,
          { shape: [rows.length / width, width], data: rows },
        ]),
      ),
      ...Object.fromEntries(
        [...held].map(([client, own]) => [`held:${client}`, { shape: [own.length], data: own }]),
      ),
    }),
    load: (arrays) => {
      ids = (arrays["ids"]!.data as Int32Array).slice();
      held.clear();
      averages = new Map();
      for (const [key, { shape, data }] of Object.entries(arrays)) {
        if (key.startsWith("held:")) held.set(key.slice(5), (data as Int32Array).slice());
        if (key.startsWith("average:"))
          averages.set(key.slice(8), { width: shape[1]!, rows: (data as Float32Array).slice() });
      }
    },
  };
}

/** What a client sent of items that it has, one or more. */
interface Sent {
  readonly client: string;
  readonly arrays: Readonly<Record<string, WireArray>>;
  readonly ids: Int32Array;
}

function averageRows(name: string, sent: readonly Sent[], rowOf: ReadonlyMap<number, number>) {
  const [first] = sent as [Sent];
  const { width } = checkedRows(first, `item-vectors/${name}`, { numRows: first.ids.length });
  const weighted = new Float64Array(rowOf.size * width);
  const plain = new Float64Array(rowOf.size * width);
  const weights = new Float64Array(rowOf.size);
  const senders = new Float64Array(rowOf.size);
  for (const own of sent) {
    const { ids } = own;
    const vectors = checkedArray(own, `item-vectors/${name}`, { length: ids.length * width });
    const counts = checkedArray(own, `item-counts/${name}`, { length: ids.length, type: "I32" });
    for (let at = 0; at < ids.length; at++) {
      const row = rowOf.get(ids[at]!)!;
      const count = counts[at]!;
      weights[row]! += count;
      senders[row]! += 1;
      for (let k = 0; k < width; k++) {
        const value = vectors[at * width + k]!;
        weighted[row * width + k]! += count * value;
        plain[row * width + k]! += value;
      }
    }
  }
  const rows = Float32Array.from(weighted, (sum, at) => {
    const row = Math.floor(at / width);
    return weights[row]! > 0 ? sum / weights[row]! : plain[at]! / senders[row]!;
  });
  return { width, rows };
}
