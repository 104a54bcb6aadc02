export { createArena, type Arena } from "./arena.ts";
export type { Kernels, Address, RowsWithAccumulator } from "./kernels.ts";
