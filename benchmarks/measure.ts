import { compared, median } from "./comparison.ts";
import type { Row } from "./rows.ts";
import type { TorchProcess } from "./torch-process.ts";
import type { Opponent, Workload } from "./workload.ts";

/** A block is so many steps that it takes about this long: clocks and calls then weigh nothing. */
const BLOCK_SECONDS = 0.2;
const WARM_UP_SECONDS = 1;

/** One side of a comparison: seconds that some steps take. */
interface Side {
  readonly time: (steps: number) => Promise<number>;
  readonly stepsPerBlock: number;
  /** Seconds of a step, for every block. */
  readonly seconds: number[];
}

/** Times a workload against its opponents, block by block in turn, on so many threads. */
export async function measure(
  workload: Workload,
  threads: number,
  torch: TorchProcess | undefined,
  rounds: number,
): Promise<Row[]> {
  const prepared = await workload.prepare(threads);
  const ours = await warmedUp(async (steps) => {
    const begin = performance.now();
    for (let i = 0; i < steps; i++) await prepared.step();
    return (performance.now() - begin) / 1000;
  });
  const rows: Row[] = [];
  for (const opponent of workload.opponents) {
    const theirs = torch && (await fastest(torch, opponent, threads));
    ours.seconds.length = 0;
    for (let round = 0; round < rounds; round++) {
      ours.seconds.push(await block(ours));
      theirs?.seconds.push(await block(theirs));
    }
    const comparison = theirs && compared(ours.seconds, theirs.seconds);
    rows.push({
      workload: workload.name,
      against: opponent.label,
      threads,
      ratio: comparison?.ratio ?? null,
      goal: opponent.goal,
      spread: comparison?.spread ?? null,
      oursMs: 1000 * median(ours.seconds),
      theirsMs: theirs ? 1000 * median(theirs.seconds) : null,
    });
  }
  await prepared.close();
  return rows;
}

async function block({ time, stepsPerBlock }: Side): Promise<number> {
  return (await time(stepsPerBlock)) / stepsPerBlock;
}

async function warmedUp(time: (steps: number) => Promise<number>): Promise<Side> {
  let seconds = 0;
  let steps = 1;
  let last = 0;
  while (seconds < WARM_UP_SECONDS) {
    last = (await time(steps)) / steps;
    seconds += last * steps;
    steps = Math.max(1, Math.round(BLOCK_SECONDS / last));
  }
  return { time, stepsPerBlock: steps, seconds: [] };
}

/** The candidate that is quickest in three blocks: the opponent that we must face. */
async function fastest(
  torch: TorchProcess,
  { candidates }: Opponent,
  threads: number,
): Promise<Side> {
  const tried: { side: Side; name: string; seconds: number }[] = [];
  for (const name of candidates) {
    await torch.prepare(name, threads);
    const side = await warmedUp(torch.time);
    const blocks = [await block(side), await block(side), await block(side)];
    tried.push({ side, name, seconds: median(blocks) });
  }
  const best = tried.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  await torch.prepare(best.name, threads);
  return best.side;
}
