export { notify, serveCalls } from "./serve.ts";
export { startThread, type CallThread } from "./thread.ts";
