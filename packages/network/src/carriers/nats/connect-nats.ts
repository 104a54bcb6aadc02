import { AtollError } from "@atoll/core/errors";
import { jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { checkFrameSize } from "../frame-size.ts";
import type { ClientCarrier } from "../types.ts";
import { dialWordsOf, wordsOf, type NatsPlace } from "./connection.ts";
import { failed, openLine, type Line } from "./line.ts";
import { CALL_HEADER, WAIT_HEADER, goneSubject, upSubject } from "./names.ts";

export interface NatsClientOptions extends NatsPlace {
  /** The name under which the client is enrolled; the broker lets its certificate use no other. */
  readonly client: string;
  /** Silence for so long is no answer; above the longest poll. */
  readonly timeoutMs: number;
}

/** The server passes over frames that are older than this part of what their callers wait for. */
const WORTH_ANSWERING = 0.9;

/**
 * A client's way to the server through NATS JetStream: a frame is kept by the broker until the server has dealt with
 * it, and its answer comes back to the connection that asked. Connects at the first call, and again after every
 * loss. Strangers cannot call here, as the broker knows nobody who was not enrolled: invitations are used over HTTPS.
 */
// oxlint-disable-next-line typescript/require-await
export async function connectNats(options: NatsClientOptions): Promise<ClientCarrier> {
  const { client } = options;
  let opening: Promise<Line> | undefined;
  let isClosed = false;
  let count = 0;

  const line = async (): Promise<Line> => {
    const attempt = (opening ??= openLine(options, client));
    try {
      return await attempt;
    } catch (error) {
      if (opening === attempt) opening = undefined;
      if (error instanceof AtollError) throw error;
      throw failed(`${options.servers.join(", ")} cannot be reached: ${dialWordsOf(error)}`);
    }
  };

  return {
    call: async (frame, signal) => {
      signal.throwIfAborted();
      checkFrameSize(frame);
      if (isClosed) throw failed("this carrier was closed");
      const opened = await unlessAborted(line(), signal);
      signal.throwIfAborted();
      if (opened.connection.isClosed()) opening = undefined;
      if (!opened.isUp()) throw failed("the connection was lost and is not back yet");
      return ask(opened, { ...options, frame, signal, id: `${opened.id}.${++count}` });
    },
    close: async () => {
      isClosed = true;
      const opened = await opening?.catch(() => undefined);
      if (opened === undefined) return;
      for (const call of opened.calls.values()) call.reject(failed("this carrier was closed"));
      // What was given up is said before the connection ends, if there still is one.
      if (opened.isUp()) await opened.connection.flush().catch(() => {});
      await opened.connection.close();
    },
  };
}

interface Question extends NatsClientOptions {
  readonly frame: Uint8Array;
  readonly signal: AbortSignal;
  readonly id: string;
}

/** One call: published, acknowledged by the stream, answered by the server; or given up, which the server is told. */
async function ask({ connection, calls }: Line, question: Question): Promise<Uint8Array> {
  const { client, frame, signal, id, timeoutMs } = question;
  const answer = Promise.withResolvers<Uint8Array>();
  const onAbort = () => answer.reject(signal.reason);
  const timer = setTimeout(
    () => answer.reject(failed(`none came within ${timeoutMs} ms`)),
    timeoutMs,
  );
  calls.set(id, answer);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const about = headers();
    about.set(CALL_HEADER, id);
    about.set(WAIT_HEADER, String(Math.floor(timeoutMs * WORTH_ANSWERING)));
    // A stream that is full or not there says so at once; the answer may overtake the stream's word.
    jetstream(connection)
      .publish(upSubject(client), frame, { msgID: id, headers: about, timeout: timeoutMs })
      .catch((error: unknown) =>
        answer.reject(failed(`the stream did not take the frame: ${wordsOf(error)}`)),
      );
    return await answer.promise;
  } catch (error) {
    if (!connection.isClosed()) connection.publish(goneSubject(client), id);
    throw error;
  } finally {
    clearTimeout(timer);
    calls.delete(id);
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the promise gives, unless the signal is aborted first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
