export { createArena, type Arena } from "./arena.ts";
export type { Kernels } from "./kernels.ts";
