import { AtollError } from "../../../errors/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type { CollaborativeVectors } from "../../../federation/client-memory.ts";
import { canonicalJson, decodeState, statePieces } from "../../../federation/index.ts";
import { factorsFrom, factorsToWire } from "../../stages/collaborative-factors.ts";
import { prefixed, unprefixed } from "../../stages/named.ts";
import type { FedMmConfig } from "../config.ts";
import { orderMetric } from "./order-metric.ts";

/** Under which name a client keeps its collaborative vectors. */
export const COLLABORATIVE_FILE = "collaborative";

/** What a file of vectors holds. */
export type StoredVectors = Pick<CollaborativeVectors, "factors" | "folds" | "foldOfRow">;

/** Models that each do without one fold; scores of one model need none. */
export function numFoldsOf({ channels: { scores } }: Pick<FedMmConfig, "channels">): number {
  return scores === "none" || scores.folds < 2 ? 0 : scores.folds;
}

/** What made the vectors: of two methods with equal ones, the vectors are the same. */
interface Origin {
  readonly model: unknown;
  readonly rounds: number;
  readonly patience: number;
  readonly folds: number;
  readonly anchors: boolean;
  readonly task: string | null;
  /** By which validation value the best round was chosen; `last`: it was not. */
  readonly selection: string;
}

/** What of a method's settings, beside its own, decides on its vectors. */
interface Choice {
  readonly training: {
    readonly task?: string | undefined;
    readonly select: "best" | "last";
  };
  readonly selectBy: string;
}

export function originOf(
  config: FedMmConfig,
  { training: { task, select }, selectBy }: Choice,
): Origin {
  const { model, rounds, patience } = config.collaborative;
  const { anchors } = config.alignment;
  return {
    model,
    rounds,
    patience,
    folds: numFoldsOf(config),
    anchors,
    task: task ?? null,
    selection: select === "last" ? "last" : orderMetric(selectBy),
  };
}

export async function writeVectors(
  { store }: Pick<ClientContext, "store">,
  { factors, folds, foldOfRow }: StoredVectors,
  origin: Origin,
): Promise<void> {
  const models = [factors, ...folds];
  const arrays = Object.assign(
    { foldOfRow: { shape: [foldOfRow.length], data: new Uint8Array(foldOfRow.buffer) } },
    ...models.map((own, m) => prefixed(`${m}:`, factorsToWire(own))),
  );
  const metadata = { origin, width: factors.width };
  await store.write(COLLABORATIVE_FILE, statePieces({ arrays, metadata }));
}

/** The party's own vectors of this method, once they are learned. */
export async function readOwnVectors(
  { store }: Pick<ClientContext, "store">,
  origin: Origin,
): Promise<StoredVectors | undefined> {
  const found = await read(store);
  return found !== undefined && canonicalJson(found.origin) === canonicalJson(origin)
    ? found.vectors
    : undefined;
}

/**
 * Vectors of an earlier method. Its folds must be as many as are wanted; where none are, they stay where
 * they are, and every training row counts as scored by the model of all.
 */
export async function takeVectors(
  { name, earlier }: Pick<ClientContext, "name" | "earlier">,
  from: string,
  wanted: Origin,
): Promise<StoredVectors> {
  const found = await read(earlier(from));
  if (found === undefined)
    throw new AtollError(
      "COLLABORATIVE_MISMATCH",
      `client "${name}": method ${from} left no collaborative vectors; name an earlier fedmm method in collaborative.from, or remove it`,
    );
  const { origin, vectors } = found;
  const described: Readonly<Record<keyof Origin, string>> = {
    model: "collaborative.model",
    rounds: "collaborative.rounds",
    patience: "collaborative.patience",
    folds: "channels.scores.folds",
    anchors: "alignment.anchors",
    task: "training.task",
    selection: "what training.select and training.selectBy choose by",
  };
  const differences = (Object.keys(described) as (keyof Origin)[]).filter(
    (key) =>
      !(key === "folds" && wanted.folds === 0) &&
      canonicalJson(origin[key]) !== canonicalJson(wanted[key]),
  );
  if (differences.length > 0)
    throw new AtollError(
      "COLLABORATIVE_MISMATCH",
      `client "${name}": method ${from} has other vectors: ${differences.map((key) => `${described[key]} is ${JSON.stringify(origin[key])} there and ${JSON.stringify(wanted[key])} here`).join(", ")}; make them the same, or remove collaborative.from`,
    );
  return wanted.folds > 0
    ? vectors
    : {
        factors: vectors.factors,
        folds: [],
        foldOfRow: vectors.foldOfRow.map((fold) => Math.min(fold, 0)),
      };
}

async function read(
  store: Pick<ClientContext["store"], "read">,
): Promise<{ readonly vectors: StoredVectors; readonly origin: Origin } | undefined> {
  const bytes = await store.read(COLLABORATIVE_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = decodeState(bytes);
  const origin = metadata["origin"] as Origin;
  const models = Array.from({ length: 1 + origin.folds }, (_, m) =>
    factorsFrom(metadata["width"] as number, unprefixed(`${m}:`, arrays)),
  );
  const foldOfRow = Int8Array.from(arrays["foldOfRow"]!.data as Uint8Array);
  return { vectors: { factors: models[0]!, folds: models.slice(1), foldOfRow }, origin };
}
