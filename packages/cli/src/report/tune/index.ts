export { parameterText } from "./axis.ts";
export { bestFirst } from "./order.ts";
export { renderTune } from "./render.ts";
export { shortNames } from "./short-names.ts";
