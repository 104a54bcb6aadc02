export {
  adaptiveClip,
  sumNoiseMultiplier,
  type AdaptiveClip,
  type AdaptiveClipSettings,
} from "./adaptive-clip.ts";
export { clip, clipFactor, normOf, type ClipOptions, type NamedArrays } from "./clip.ts";
export { discreteGaussian, type Sigma } from "./discrete-gaussian.ts";
export {
  distributedNoiseMultiplier,
  noiseShare,
  type DistributedNoise,
  type NoiseShare,
  type NoiseShareOptions,
} from "./distributed-gaussian.ts";
export { addGaussian } from "./gaussian.ts";
export { gridStepOf, ontoGrid } from "./grid.ts";
export {
  addModular,
  decodeModular,
  encodeModular,
  type EncodeOptions,
  type ModularGrid,
} from "./modular.ts";
export { addNormal } from "./normal-on-grid.ts";
export type { RandomBytes } from "./random-bytes.ts";
