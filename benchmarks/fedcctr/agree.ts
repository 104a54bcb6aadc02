import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handOver } from "./hand-over.ts";
import { ours } from "./ours.ts";
import type { RoundSetting } from "./setting.ts";
import type { Torch, Way } from "./torch.ts";

/** Largest accepted difference of two sums, over the largest entry. */
const TOLERANCE = 1e-4;

/**
 * The largest difference between both sides' sums of gradients, without dropout, over the largest entry. Throws
 * where it is more than rounding: two sides that compute something else have no times to compare.
 */
export async function checkAgreement(
  torch: Torch,
  setting: RoundSetting,
  ways: readonly (readonly [way: Way, clipped: boolean])[],
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "atoll-fedcctr-"));
  const own = await ours(setting);
  try {
    await torch.load(await handOver(own, setting, folder));
    const path = join(folder, "sum.bin");
    let worst = 0;
    for (const [way, clipped] of ways) {
      await torch.sum(way, clipped, path);
      const theirs = new Float32Array(new Uint8Array(await readFile(path)).buffer);
      const sum = await own.round({ clipped, dropped: false });
      const found = distance(sum, theirs);
      if (!(found < TOLERANCE))
        throw new Error(`${way}, clipped ${clipped}: sums differ by ${found} of the largest entry`);
      worst = Math.max(worst, found);
    }
    return worst;
  } finally {
    await own.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function distance(ours: Float64Array, theirs: Float32Array): number {
  if (ours.length !== theirs.length)
    throw new RangeError(`${ours.length} entries against ${theirs.length}`);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < ours.length; i++) {
    largest = Math.max(largest, Math.abs(ours[i]!));
    difference = Math.max(difference, Math.abs(ours[i]! - theirs[i]!));
  }
  return difference / largest;
}
