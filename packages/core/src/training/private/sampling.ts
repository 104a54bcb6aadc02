import { shuffle, type RandomBits, type RandomStream } from "../../random/index.ts";

/** Which units the steps of one pass take: writes step `step`'s into `into`, and gives how many they are. */
export type StepUnits = (step: number, into: Int32Array) => number;

/**
 * Poisson sampling: every unit is in a step by itself with probability `samplingRate`, rounded down to a
 * multiple of 2^-53, whatever became of the others.
 */
export function poissonUnits(
  bits: RandomBits,
  { numUnits, samplingRate }: { readonly numUnits: number; readonly samplingRate: number },
): StepUnits {
  // Of the 53 bits that a draw has, nearly always 32 decide.
  const threshold = Math.floor(samplingRate * 2 ** 53);
  const high = Math.floor(threshold / 2 ** 21);
  const low = threshold - high * 2 ** 21;
  return (_, into) => {
    let count = 0;
    for (let unit = 0; unit < numUnits; unit++) {
      const draw = bits.next() >>> 0;
      if (draw < high || (draw === high && bits.next() >>> 11 < low)) into[count++] = unit;
    }
    return count;
  };
}

/** Every unit in one step of the pass, `perStep` in each but the last, in an order of the stream. */
export function shuffledUnits(
  stream: RandomStream,
  { numUnits, perStep }: { readonly numUnits: number; readonly perStep: number },
): StepUnits {
  const order = Int32Array.from({ length: numUnits }, (_, unit) => unit);
  shuffle(stream, order);
  return (step, into) => {
    const own = order.subarray(step * perStep, (step + 1) * perStep);
    into.set(own);
    return own.length;
  };
}
