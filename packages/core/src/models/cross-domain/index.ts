export { c2dsr, type C2dsrSettings } from "./c2dsr.ts";
export { crossDomainConfig, crossDomainModel, type CrossDomainConfig } from "./config.ts";
export type { RequestMode, ChunkInputOptions } from "./chunk-inputs.ts";
export { idstCl, type IdstClSettings } from "./idst-cl.ts";
export { crossDomainLayout, ITEMS_IN, ITEMS_OUT, type LayoutOptions } from "./layout.ts";
export { crossDomainProgram, type CrossDomainProgramOptions } from "./program.ts";
export {
  itemProgram,
  pairProgram,
  queryProgram,
  type ItemProgramOptions,
  type PairProgramOptions,
  type QueryProgramOptions,
} from "./scoring-programs.ts";
export { separateEncoders, type SeparateEncodersSettings } from "./separate-encoders.ts";
export { triCdr, type TriCdrSettings } from "./tri-cdr.ts";
export type {
  CandidateHead,
  ChunkSizes,
  CrossDomainInputs,
  CrossDomainLoss,
  CrossDomainModel,
  CrossDomainOutputs,
  SequenceArrays,
} from "./types.ts";
export type { UserLossOptions } from "./user-losses.ts";
export type { TripleContrastSettings } from "./tri-cdr-contrast.ts";
