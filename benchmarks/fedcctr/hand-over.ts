import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createArena } from "@atoll/core/kernels";
import { chunkFiller, createChunk } from "@atoll/core/training/population";
import type { Ours } from "./ours.ts";
import type { RoundSetting } from "./setting.ts";

/** Writes what PyTorch computes on: every client's sequences and negatives, and the model, all as ours. */
export async function handOver(
  { events, itemStarts, sizes, learned, streamOf }: Ours,
  setting: RoundSetting,
  folder: string,
): Promise<string> {
  const all = createChunk({ ...sizes, users: setting.clients }, createArena());
  const { fill } = chunkFiller(all, { itemStarts });
  for (let user = 0; user < setting.clients; user++)
    if (!fill(user, user, { events, random: streamOf(user) }))
      throw new RangeError(`client ${user} has nothing to learn from`);
  const { targets, own } = sizes;
  const [domains, x] = [sizes.domains, sizes.domainLength];
  const shapes = {
    own: [own],
    negatives: [domains, sizes.negatives],
    merged: [sizes.length],
    domains: [domains, x],
    stateAt: [targets],
    domainStateAt: [domains, targets],
    targetAt: [targets],
    targetDomain: [domains, targets],
    weight: [targets],
    negativePresent: [domains, sizes.negatives],
  } as const;
  const arrays: Record<string, { shape: readonly number[]; type: string }> = {};
  const write = async (name: string, shape: readonly number[], data: Int32Array | Float32Array) => {
    arrays[name] = { shape, type: data instanceof Int32Array ? "int32" : "float32" };
    await writeFile(join(folder, `${name.replaceAll("/", "+")}.bin`), data);
  };
  for (const [name, shape] of Object.entries(shapes))
    await write(name, [setting.clients, ...shape], all[name as keyof typeof shapes]);
  for (const { name, shape, offset, length } of learned.layout.views)
    await write(`parameter:${name}`, shape, learned.values.slice(offset, offset + length));
  const table = learned.tables[0]!;
  await write("table", [table.rows, table.width], learned.values.slice(table.offset));
  const path = join(folder, "round.json");
  await writeFile(path, JSON.stringify({ ...setting, arrays }));
  return path;
}
