export { choicesOf, type Choices } from "./choices.ts";
export { fcfServer, fcfSettings, fcfUsers, type FcfSettings } from "./fcf.ts";
export { pfedrecServer, pfedrecSettings, pfedrecUsers, type PfedrecSettings } from "./pfedrec.ts";
export type { Predictor, SharedVectors, SimulatedUsers } from "./types.ts";
export { feddcsr, SHARED, type Feddcsr } from "./feddcsr.ts";
export { feddcsrStates, feddcsrTraining } from "./feddcsr-programs.ts";
export { feddcsrSettings, type FeddcsrSettings } from "./feddcsr-settings.ts";
export {
  MAPPING,
  p2fcdrLayout,
  p2fcdrSettings,
  p2fcdrTraining,
  p2fcdrUsers,
  type P2fcdrSettings,
} from "./p2fcdr.ts";
