import type { Mechanism } from "../accounting/mechanism.ts";

/**
 * A mechanism in words.
 *
 * @example
 * mechanismText({ kind: "laplace", noiseMultiplier: 2 }) // "Laplace noise of multiplier 2"
 */
export function mechanismText(mechanism: Mechanism): string {
  const noise = `noise of multiplier ${mechanism.noiseMultiplier}`;
  switch (mechanism.kind) {
    case "gaussian":
      return mechanism.samplingRate === 1
        ? `Gaussian ${noise}`
        : `Gaussian ${noise} at sampling rate ${mechanism.samplingRate}`;
    case "discrete-gaussian":
      return `discrete Gaussian ${noise}`;
    case "laplace":
      return `Laplace ${noise}`;
  }
}
