export { choicesOf, type Choices } from "./choices.ts";
export { fcfServer, fcfSettings, fcfUsers, type FcfSettings } from "./fcf.ts";
export { pfedrecServer, pfedrecSettings, pfedrecUsers, type PfedrecSettings } from "./pfedrec.ts";
export type {
  Predictor,
  SharedVectors,
  SimulatedUsers,
  RoundRequest,
  ServerStep,
} from "./types.ts";
export { feddcsr, SHARED, type Feddcsr, type FeddcsrInputs } from "./feddcsr.ts";
export {
  feddcsrStates,
  feddcsrTraining,
  type FeddcsrProgramOptions,
  type Sizes,
} from "./feddcsr-programs.ts";
export { feddcsrSettings, type FeddcsrSettings } from "./feddcsr-settings.ts";
export {
  MAPPING,
  p2fcdrLayout,
  p2fcdrSettings,
  p2fcdrTraining,
  p2fcdrUsers,
  type P2fcdrSettings,
  type ProgramOptions,
} from "./p2fcdr.ts";
