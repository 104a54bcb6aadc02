import type { Message } from "../../federation/types.ts";
import type { SavedState, ServerContext, StageServer } from "../../federation/stage.ts";

const NOTHING: SavedState = { arrays: {}, metadata: {} };

/** The server half of a stage that asks every client one thing, once. */
export function askOnce(
  context: ServerContext,
  stage: string,
  kind: string,
  receive: (replies: ReadonlyMap<string, Message>) => void = () => {},
): StageServer {
  let asked = false;
  return {
    next: () => {
      if (asked) return undefined;
      asked = true;
      const request: Message = { kind, stage, round: 0, arrays: {}, metadata: {} };
      return new Map(context.clients.map((client) => [client, request]));
    },
    receive,
    save: () => ({ arrays: {}, metadata: { asked } }),
    load: (state) => {
      asked = state.metadata["asked"] === true;
    },
  };
}

/** The client half that keeps nothing between requests. */
export function stateless(handle: (request: Message) => Promise<Message>) {
  return { handle, save: () => NOTHING, load: () => {}, close: async () => {} };
}
