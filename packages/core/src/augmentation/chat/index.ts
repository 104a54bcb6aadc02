export { chatCompleter, type ChatIo } from "./chat-completer.ts";
export { isLoopback } from "./loopback.ts";
