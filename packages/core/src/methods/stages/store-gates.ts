import { tasksOf, type HeldOutRows, type TrainingData } from "../../data/index.ts";
import type { ClientContext, ClientStore } from "../../federation/client-context.ts";
import { decodeState, statePieces } from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import type { Numbers, Trainer } from "../../training/index.ts";

/** Under which name a client keeps how its gates choose between experts. */
export const GATES_FILE = "gates";

/** How the gates of one client choose, in its chosen state. */
export interface StoredGates {
  readonly tasks: readonly string[];
  /** By client (one, but for a party that holds several): [task][expert], shares that sum to 1 over experts. */
  readonly clients: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/**
 * Keeps, beside the trained model, each expert's mean share in what every task's tower reads, over the
 * client's validation rows. Nothing of it travels. Models without gates leave no file.
 */
export async function storeGates(
  context: ClientContext,
  trainer: Trainer,
  data: TrainingData,
  {
    stateOf,
    validation,
  }: {
    /** What a part is scored with; undefined: the state at hand. */
    readonly stateOf: (part: string) => Numbers | undefined;
    readonly validation: ReadonlyMap<string, HeldOutRows>;
  },
): Promise<void> {
  const tasks = tasksOf(data.schema);
  const arrays: Record<string, WireArray> = {};
  for (const { client } of data.parts) {
    const state = stateOf(client);
    if (state !== undefined) trainer.restore(state);
    const rows = validation.get(client)!;
    const shares = rows.numRows === 0 ? undefined : await trainer.gateUsage(rows.examples());
    if (shares === undefined) continue;
    arrays[client] = { shape: [tasks.length, shares.length / tasks.length], data: shares };
  }
  if (Object.keys(arrays).length === 0) return;
  await context.store.write(GATES_FILE, statePieces({ arrays, metadata: { tasks } }));
}

/** Reads what `storeGates` wrote; undefined of a party without gates. */
export async function readGates(
  store: Pick<ClientStore, "read">,
): Promise<StoredGates | undefined> {
  const bytes = await store.read(GATES_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = decodeState(bytes);
  return {
    tasks: metadata["tasks"] as string[],
    clients: Object.fromEntries(
      Object.entries(arrays).map(([client, { shape, data }]) => {
        const [numTasks = 0, numExperts = 0] = shape;
        return [
          client,
          Array.from({ length: numTasks }, (_, task) =>
            Array.from(data.subarray(task * numExperts, (task + 1) * numExperts)),
          ),
        ];
      }),
    ),
  };
}
