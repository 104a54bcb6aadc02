export { type SiloEvent, type Transition } from "./events.ts";
export { runSilo } from "./silo.ts";
export { type SiloOptions } from "./types.ts";
