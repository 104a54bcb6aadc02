export { parameterText } from "./axis.ts";
export { bestFirst } from "./order.ts";
export { renderTune } from "./render.ts";
