import type { NatsConnection } from "@nats-io/transport-node";

/** What of the client library's insides is looked at; of another version there may be none of it. */
interface Insides {
  protocol?: {
    parser?: { parse: (bytes: Uint8Array) => void };
    readonly transport?: { readonly disconnect: () => void };
  };
}

/**
 * Ends the connection when bytes come that are none of the protocol, and has it dialled anew. By itself the client library
 * prints such bytes, with whatever frames are among them, and reads no more until its pings find out. Its parser is
 * another one after each dial.
 */
export function endAtDamagedBytes(connection: NatsConnection): void {
  const { protocol } = connection as unknown as Insides;
  if (typeof protocol?.parser?.parse !== "function") return;
  const guarded = (parser: { parse: (bytes: Uint8Array) => void }) => {
    let isDamaged = false;
    return {
      ...parser,
      parse: (bytes: Uint8Array) => {
        if (isDamaged) return;
        try {
          parser.parse(bytes);
        } catch {
          isDamaged = true;
          protocol.transport?.disconnect();
        }
      },
    };
  };
  let current = guarded(protocol.parser);
  Object.defineProperty(protocol, "parser", {
    get: () => current,
    set: (parser: { parse: (bytes: Uint8Array) => void }) => {
      current = guarded(parser);
    },
  });
}
