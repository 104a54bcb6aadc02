import { CompletionError } from "../services.ts";

/** Bytes of a response that are looked at: an answer of a few hundred tokens has a few thousand. */
export const MAX_BODY_BYTES = 1 << 20;

/** The body as text. `unreadable` where it is longer than MAX_BODY_BYTES or not UTF-8. */
export async function readBody(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new CompletionError("unreadable", "too long");
    text += decode(decoder, chunk);
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new CompletionError("unreadable", "not UTF-8");
  }
}

/** Whoever stops reading cancels the response. */
async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  let ended = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}
