import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { modelAnswer } from "./chat-model.fixture.ts";
import type { Received, Reply } from "./chat-server.fixture.ts";

/** A token of this server. */
const BYTES = 4;

type Headers = Readonly<Record<string, string>>;

/** A completion as servers write it. */
export function completionOf(content: unknown, { body }: Pick<Received, "body">) {
  const tokens = (of: unknown) => Math.ceil(Buffer.byteLength(String(of)) / BYTES);
  const prompt = tokens(body.messages.map(({ content }) => content).join(""));
  const completion = tokens(content);
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: body.model,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    },
  };
}

export type CompletionBody = ReturnType<typeof completionOf>;

/** Answers with the text. */
export function says(text: string): Reply {
  return json((received) => completionOf(text, received));
}

/** Answers as `modelAnswer` does. */
export const answers: Reply = json((received) => completionOf(modelAnswer(received), received));

/** Answers with the completion of the text, changed. */
export function changed(text: string, change: (completion: CompletionBody) => unknown): Reply {
  return json((received) => change(completionOf(text, received)));
}

export function json(
  make: (received: Received) => unknown,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Headers } = {},
): Reply {
  return (response, received) => {
    const type = { "content-type": "application/json" };
    response.writeHead(status, { ...type, ...headers }).end(JSON.stringify(make(received)));
  };
}

export function raw(
  body: string | Uint8Array,
  {
    status = 200,
    type = "application/json",
    headers = {},
  }: { readonly status?: number; readonly type?: string; readonly headers?: Headers } = {},
): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": type, ...headers }).end(body);
  };
}

/** An error as servers write it. */
export function fails(
  status: number,
  {
    message = "it failed",
    code = null,
    headers = {},
  }: { readonly message?: string; readonly code?: string | null; readonly headers?: Headers } = {},
): Reply {
  return json(() => ({ error: { message, type: "error", code } }), { status, headers });
}

export function slow(ms: number, reply: Reply): Reply {
  return async (response, received) => {
    await sleep(ms);
    await reply(response, received);
  };
}

/** Takes the request and says nothing. */
export const hangs: Reply = () => undefined;

/** Says half of an answer, of which it announced the whole, and hangs up. */
export const cutsOff: Reply = async (response, received) => {
  const body = JSON.stringify(completionOf("cut off", received));
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
  });
  await written(response, body.slice(0, body.length / 2));
  response.destroy();
};

/** An answer without end. */
export const endless: Reply = async (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const piece = Buffer.alloc(1 << 16, " ");
  while (!response.destroyed) await written(response, piece);
};

async function written(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => {
    // Called with an error where nobody listens any more.
    response.write(piece, () => resolve());
  });
}

/** The start of a JSON text, as if it were all. */
export const truncatedJson: Reply = (response, received) => {
  const body = JSON.stringify(completionOf("truncated", received));
  response.writeHead(200, { "content-type": "application/json" }).end(body.slice(0, -20));
};

/** A completion with a byte that is no UTF-8. */
export const invalidUtf8: Reply = (response, received) => {
  const body = Buffer.from(JSON.stringify(completionOf("caf#", received)), "latin1");
  body[body.indexOf("#")] = 0xe9;
  response.writeHead(200, { "content-type": "application/json" }).end(body);
};

/** The pieces of a streamed answer, which was not asked for. */
export const streamed = raw('data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n', {
  type: "text/event-stream",
});

export const webPage = raw("<!doctype html><html><title>Welcome</title></html>", {
  type: "text/html",
});

/** Repeats what it was asked. */
export const echoes: Reply = json((received) =>
  completionOf(received.body.messages.at(-1)!.content, received),
);
