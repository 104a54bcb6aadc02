import type { OpenAiSettings } from "../config.ts";
import { CompletionError, type Completer, type Completion, type Prompt } from "../services.ts";
import { checkServer } from "./check-server.ts";
import { networkError } from "./network-error.ts";
import { readBody } from "./read-body.ts";
import { readCompletion } from "./read-completion.ts";
import { requestBody } from "./request-body.ts";
import { retryAfterMs } from "./retry-after.ts";
import { statusError } from "./status-error.ts";

/** What a client of a server needs of the machine. */
export interface ChatIo {
  readonly fetch: typeof fetch;
  readonly apiKey: string | undefined;
  /** Milliseconds since 1970: what a date in Retry-After is counted from. */
  readonly now: () => number;
  /** Calls `expire` once after so long, unless the function that it gives is called before. */
  readonly timer: (ms: number, expire: () => void) => () => void;
}

interface Call {
  readonly prompt: Prompt;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * A server that speaks the chat-completions protocol: POST {baseUrl}/chat/completions, one choice, no stream.
 * Redirects are not followed: prompts go to the server that the experiment names, and to no other.
 * Throws AUGMENTATION_REMOTE and AUGMENTATION_SERVER for servers and keys that must not be used.
 */
export function chatCompleter(settings: OpenAiSettings, io: ChatIo): Completer {
  checkServer(settings, io.apiKey);
  const { fetch: request } = io;
  const url = new URL(settings.baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/chat/completions`;
  const headers = {
    "content-type": "application/json",
    accept: "application/json",
    ...(io.apiKey === undefined ? {} : { authorization: `Bearer ${io.apiKey}` }),
  };

  const send = async ({ prompt, seed, signal }: Call): Promise<Completion> => {
    const body = requestBody(settings, { prompt, seed });
    const init = { method: "POST", headers, body, signal, redirect: "manual" } as const;
    const response = await request(url, init);
    if (response.ok) return readAnswer(await readBody(response.body));
    const waitMs = retryAfterMs(response.headers.get("retry-after"), io.now());
    const said = await readBody(response.body).catch(() => "");
    throw refusal({ status: response.status, body: parsed(said), waitMs });
  };

  const readAnswer = (text: string): Completion => {
    const body = parsed(text);
    if (body === undefined && /^\s*</.test(text))
      throw new CompletionError(
        "refused",
        "answers with a web page; set augmentation.baseUrl to what /chat/completions is added to, often with /v1",
      );
    const status = errorWithin(body);
    if (status !== undefined) throw refusal({ status, body, waitMs: undefined });
    return readCompletion(body);
  };

  const refusal = (response: Parameters<typeof statusError>[0]) =>
    statusError(response, { settings, key: io.apiKey });

  return {
    complete: async (prompt, { seed, signal }) => {
      signal.throwIfAborted();
      const call = new AbortController();
      const interrupt = () => call.abort(signal.reason);
      signal.addEventListener("abort", interrupt, { once: true });
      let expired = false;
      const cancel = io.timer(settings.timeoutSeconds * 1000, () => {
        expired = true;
        call.abort();
      });
      try {
        return await send({ prompt, seed, signal: call.signal });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CompletionError) throw error;
        // The cause stays behind: errors of the network may quote headers, and with them the key.
        throw expired
          ? new CompletionError("again", `has not answered for ${settings.timeoutSeconds} seconds`)
          : networkError(error);
      } finally {
        cancel();
        signal.removeEventListener("abort", interrupt);
      }
    },
    close: async () => {},
  };
}

/** The status of an error that a server sends as if it were an answer; undefined where there is no error. */
function errorWithin(body: unknown): number | undefined {
  if (typeof body !== "object" || body === null || "choices" in body) return undefined;
  const { error } = body as { readonly error?: unknown };
  if (error === undefined || error === null) return undefined;
  const code = Number((error as { readonly code?: unknown }).code);
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : 500;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
