export { normal, shuffle, uniform, uniformBelow } from "./draw.ts";
export { streamOf, type RandomStream } from "./stream.ts";
