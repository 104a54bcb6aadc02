import type { Anchors } from "../../../federation/client-memory.ts";
import type { WireArray } from "../../../federation/types.ts";
import { AtollError } from "../../../errors/index.ts";
import type { FactorTrainer, Positives } from "../../../models/collaborative/index.ts";

/** The models of a party by name: that of all its positives, and those without a fold. */
export function modelNames(numFolds: number): readonly string[] {
  return ["all", ...Array.from({ length: numFolds }, (_, fold) => `fold-${fold}`)];
}

/** What travels each round, by direction, with what it reveals. */
export function declaredArrays(names: readonly string[]) {
  const perModel = (prefix: string, revealed: string) =>
    Object.fromEntries(names.map((name) => [`${prefix}/${name}`, revealed]));
  return {
    up: {
      anchors:
        "run-wide numbers of the client's shared items, known to the server from matching them",
      ...perModel(
        "item-vectors",
        "learned vectors of the items that another client has too: which users chose them shapes their directions",
      ),
      ...perModel("item-counts", "training positives of each of these items"),
    },
    down: {
      anchors: "run-wide numbers of the receiving client's own shared items",
      ...perModel(
        "item-vectors",
        "averages of these items' vectors over the clients that sent them, which the other clients' users shaped",
      ),
    },
  };
}

/** A client's part in coupling: takes its shared items' vectors out of trainers, and puts averages in. */
export interface Coupling {
  readonly collect: () => Record<string, WireArray>;
  readonly install: (arrays: Readonly<Record<string, WireArray>>) => void;
}

/** Rows travel in the order of the anchors' numbers in common, which says nothing about the client. */
export function couplingOf(
  client: string,
  { items, ids }: Anchors,
  models: readonly {
    readonly name: string;
    readonly positives: Positives;
    readonly trainer: FactorTrainer;
  }[],
): Coupling {
  const order = Int32Array.from(ids.keys()).sort((a, b) => ids[a]! - ids[b]!);
  const sentIds = order.map((at) => ids[at]!);
  const sentItems = order.map((at) => items[at]!);
  const itemOf = new Map(Array.from(sentIds, (id, at) => [id, sentItems[at]!]));
  const parts = models.map(({ name, positives, trainer }) => {
    if (trainer.items === undefined)
      throw new AtollError(
        "COLLABORATIVE_MISMATCH",
        `client "${client}": alignment.anchors averages item vectors while they are learned, and this collaborative.model has none that last; choose lightgcn or mf-bpr, or set anchors: false`,
      );
    const counts = new Int32Array(positives.numItems);
    for (const item of positives.items) counts[item]! += 1;
    const vectors = trainer.items;
    return { name, vectors, width: vectors.length / positives.numItems, counts };
  });
  return {
    collect: () => {
      const arrays: Record<string, WireArray> = {
        anchors: { shape: [sentIds.length], data: sentIds },
      };
      for (const { name, vectors, width, counts } of parts) {
        const rows = new Float32Array(sentItems.length * width);
        sentItems.forEach((item, row) => {
          rows.set(vectors.subarray(item * width, (item + 1) * width), row * width);
        });
        arrays[`item-vectors/${name}`] = { shape: [sentItems.length, width], data: rows };
        arrays[`item-counts/${name}`] = {
          shape: [sentItems.length],
          data: sentItems.map((item) => counts[item]!),
        };
      }
      return arrays;
    },
    install: (arrays) => {
      const known = arrays["anchors"]?.data as Int32Array | undefined;
      if (known === undefined) return;
      for (const { name, vectors, width } of parts) {
        const rows = arrays[`item-vectors/${name}`]!.data as Float32Array;
        known.forEach((id, row) => {
          const item = itemOf.get(id);
          if (item !== undefined)
            vectors.set(rows.subarray(row * width, (row + 1) * width), item * width);
        });
      }
    },
  };
}
