import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ChatMessage } from "@atoll/core/augmentation";

/** The body of a chat-completions request. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly max_tokens: number;
  readonly seed: number;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly name: string; readonly schema: unknown };
  };
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: ChatRequest;
  /** Of all requests, counted from 0. */
  readonly index: number;
}

/** Writes a response, or breaks off. */
export type Reply = (response: ServerResponse, received: Received) => void | Promise<void>;

export interface ChatServer {
  /** As `augmentation.baseUrl`. */
  readonly baseUrl: string;
  readonly received: readonly Received[];
  /** Most requests that were open at a time. */
  readonly mostAtOnce: () => number;
  readonly close: () => Promise<void>;
}

/** A server of the chat-completions protocol on a free port of this machine, that replies as the script says. */
export async function startChatServer(
  script: (received: Received) => Reply | Promise<Reply>,
): Promise<ChatServer> {
  const received: Received[] = [];
  let open = 0;
  let most = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    open++;
    most = Math.max(most, open);
    response.once("close", () => open--);
    const body = JSON.parse(await text(request)) as ChatRequest;
    const { method = "", url = "", headers } = request;
    const one = { method, url, headers, body, index: received.length };
    received.push(one);
    const reply = await script(one);
    await reply(response, one);
  };
  const server = createServer((request, response) => {
    // A client that was killed, or has lost its patience, breaks off.
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    mostAtOnce: () => most,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
