import { AtollError } from "../errors/index.ts";
import type { ClientContext } from "./client-context.ts";
import { decodeMessage, decodeState, encodeMessage, statePieces } from "./codec/message.ts";
import { guardAnswer, guardRequest } from "./declaration.ts";
import type { Stage, StageClient } from "./stage.ts";
import type { WireArray } from "./types.ts";

/** The client of one method: answers encoded requests; its state can be saved and loaded. */
export interface ClientRuntime {
  readonly handle: (request: Uint8Array) => Promise<Uint8Array>;
  /** In pieces that share memory with the running client: to be written out before its next request. */
  readonly save: () => Promise<readonly Uint8Array[]>;
  readonly load: (state: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The client halves of a method's stages, opened in order as their first messages arrive. Earlier
 * stages stay open: what they left, a scorer for instance, still works on their memory.
 */
export function createClient(stages: readonly Stage[], context: ClientContext): ClientRuntime {
  const open: { readonly stage: Stage; readonly client: StageClient }[] = [];

  const reach = async (name: string): Promise<{ stage: Stage; client: StageClient }> => {
    const known = open.find(({ stage }) => stage.name === name);
    if (known !== undefined) return known;
    const stage = stages[open.length];
    if (stage?.name !== name)
      throw new AtollError(
        "MESSAGE_UNDECLARED",
        `client "${context.name}": a message of stage "${name}" arrived, but ${stage ? `"${stage.name}" is next` : "no stage is left"}; the server runs another method`,
      );
    const opened = { stage, client: await stage.client(context) };
    open.push(opened);
    return opened;
  };

  return {
    handle: async (bytes) => {
      const request = decodeMessage(bytes);
      const { stage, client } = await reach(request.stage);
      guardRequest(stage, request);
      return encodeMessage(guardAnswer(stage, request, await client.handle(request)));
    },
    save: async () => {
      const arrays: Record<string, WireArray> = {};
      const metadata: Record<string, unknown> = {};
      open.forEach(({ stage, client }) => {
        const saved = client.save();
        metadata[stage.name] = saved.metadata;
        for (const [name, array] of Object.entries(saved.arrays))
          arrays[`${stage.name}/${name}`] = array;
      });
      return statePieces({
        arrays,
        metadata: { stages: open.map(({ stage }) => stage.name), saved: metadata },
      });
    },
    load: async (bytes) => {
      const { arrays, metadata } = decodeState(bytes);
      const saved = metadata["saved"] as Record<string, Record<string, unknown>>;
      for (const name of metadata["stages"] as string[]) {
        const { client } = await reach(name);
        const own = Object.entries(arrays).filter(([key]) => key.startsWith(`${name}/`));
        client.load({
          arrays: Object.fromEntries(
            own.map(([key, array]) => [key.slice(name.length + 1), array]),
          ),
          metadata: saved[name]!,
        });
      }
    },
    close: async () => {
      for (const { client } of open.toReversed()) await client.close();
    },
  };
}
