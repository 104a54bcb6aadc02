export { normal, shuffle, uniform, uniformBelow } from "./draw.ts";
export { streamOf, type RandomBits, type RandomStream } from "./stream.ts";
