import type { ClientContext } from "../../federation/client-context.ts";
import { decodeState, statePieces } from "../../federation/index.ts";
import { view } from "../../tensor/index.ts";
import type { LearnedVector } from "../../training/population/index.ts";

const fileOf = (stage: string) => `start-of-${stage}`;

/** Every tensor and table of a learned vector by name, as views. */
function numbersOf({ layout, tables, values }: LearnedVector): Record<string, Float32Array> {
  return Object.fromEntries([
    ...layout.views.map(({ name }) => [`parameter:${name}`, view(layout, values, name)] as const),
    ...tables.map(
      ({ name, offset, rows, width }) =>
        [`table:${name}`, values.subarray(offset, offset + rows * width)] as const,
    ),
  ]);
}

/** Keeps, in the party's own store, what a later stage of the same method starts from. */
export async function storeStart(
  { store }: Pick<ClientContext, "store">,
  stage: string,
  learned: LearnedVector,
): Promise<void> {
  const arrays = Object.fromEntries(
    Object.entries(numbersOf(learned)).map(([name, data]) => [
      name,
      { shape: [data.length], data },
    ]),
  );
  await store.write(fileOf(stage), statePieces({ arrays, metadata: {} }));
}

/** Takes over what both have by the same name; all else stays as it is. */
export async function startFromStored(
  { store }: Pick<ClientContext, "store">,
  stage: string,
  learned: LearnedVector,
): Promise<void> {
  const bytes = await store.read(fileOf(stage));
  if (bytes === undefined)
    throw new Error(`nothing was kept for stage "${stage}" to start from, though it was trained`);
  const { arrays } = decodeState(bytes);
  for (const [name, data] of Object.entries(numbersOf(learned))) {
    const start = arrays[name];
    if (start !== undefined) data.set(start.data);
  }
}
