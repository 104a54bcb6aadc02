import type { PrivacyServices } from "../privacy/index.ts";
import type { ClientContext } from "./client-context.ts";
import {
  checkAnswer,
  createClient,
  decodeMessage,
  runStages,
  throughConnections,
  type Message,
} from "./index.ts";
import type { Stage } from "./stage.ts";

export interface TrafficEntry {
  readonly client: string;
  readonly direction: "up" | "down";
  readonly message: Message;
  readonly bytes: Uint8Array;
}

export interface InProcessOptions {
  readonly stages: () => readonly Stage[];
  readonly contexts: readonly ClientContext[];
  /** The server's. */
  readonly privacy?: PrivacyServices;
}

/** Rounds of stages among clients of this process: every message, and the way on after a stop. */
export function inProcess({ stages, contexts, privacy }: InProcessOptions) {
  const open = (own: readonly ClientContext[]) =>
    own.map((context) => ({ name: context.name, client: createClient(stages(), context) }));
  let clients = open(contexts);
  let state: Uint8Array | undefined;
  const traffic: TrafficEntry[] = [];

  const close = async () => {
    for (const { client } of clients) await client.close();
  };

  return {
    traffic,
    /** `checkpoint` hears of the number of rounds so far; an aborted signal stops after the next one. */
    run: (signal: AbortSignal, checkpoint?: (numRounds: number) => void) =>
      runStages({
        stages: stages(),
        ...throughConnections(
          clients.map(({ name, client }) => {
            const record = (direction: TrafficEntry["direction"], sent: Uint8Array) => {
              const bytes = sent.slice();
              traffic.push({ client: name, direction, bytes, message: decodeMessage(bytes) });
            };
            return {
              name,
              close: client.close,
              request: async (bytes) => {
                record("down", bytes);
                const reply = await client.handle(bytes);
                record("up", reply);
                // Whatever honest clients answer, a server that trusts nobody must take.
                checkAnswer(name, decodeMessage(bytes), decodeMessage(reply));
                return reply;
              },
            };
          }),
        ),
        seed: 1,
        privacy,
        signal,
        onEvent: () => {},
        checkpoint: async (saved, numRounds) => {
          state = saved.slice();
          checkpoint?.(numRounds);
        },
        ...(state && { resumeFrom: state }),
      }),
    /** Fresh clients with the state of those until now, which are closed. */
    reopen: async (own: readonly ClientContext[] = contexts) => {
      const saved = await Promise.all(
        clients.map(async ({ client }) => Buffer.concat(await client.save())),
      );
      await close();
      clients = open(own);
      for (const [i, { client }] of clients.entries()) await client.load(saved[i]!);
    },
    close,
  };
}
