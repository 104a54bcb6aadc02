import { AtollError } from "@atoll/core/errors";

/** A signed time may differ from the server's by so much. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** A call that comes later is refused for its time, so that its nonce need not be remembered. */
const REMEMBERED_MS = 2 * CLOCK_TOLERANCE_MS;

/** Who may go on talking, and what was said already. */
export interface Sessions {
  /** Ends the client's earlier session, and what is being answered in it. */
  readonly open: (client: string) => string;
  /** Aborts when the session ends; SESSION_UNKNOWN where it is not the client's present one. */
  readonly signalOf: (client: string, session: string | null) => AbortSignal;
  /** REPLAYED where the nonce came before; SERVER_BUSY where more came than are remembered. */
  readonly take: (client: string, nonce: string) => void;
}

interface Session {
  readonly id: string;
  readonly abort: AbortController;
}

export const sessionUnknown = () =>
  new AtollError(
    "SESSION_UNKNOWN",
    "the session has ended: the server was started anew, or the client said hello again; say hello first",
  );

export function createSessions({
  serverId,
  now,
  maxNonces,
}: {
  /** Another one after every start of the server. */
  readonly serverId: string;
  readonly now: () => number;
  /** Calls of a client that are remembered. */
  readonly maxNonces: number;
}): Sessions {
  const sessions = new Map<string, Session>();
  // By client: nonces and when they came, in that order.
  const nonces = new Map<string, Map<string, number>>();
  let numOpened = 0;
  return {
    open: (client) => {
      sessions.get(client)?.abort.abort(sessionUnknown());
      const id = `${serverId}.${++numOpened}`;
      sessions.set(client, { id, abort: new AbortController() });
      return id;
    },
    signalOf: (client, session) => {
      const current = sessions.get(client);
      if (current === undefined || current.id !== session) throw sessionUnknown();
      return current.abort.signal;
    },
    take: (client, nonce) => {
      const seen = nonces.get(client) ?? new Map<string, number>();
      nonces.set(client, seen);
      for (const [old, atMs] of seen) {
        if (atMs >= now() - REMEMBERED_MS) break;
        seen.delete(old);
      }
      if (seen.has(nonce))
        throw new AtollError(
          "REPLAYED",
          "this call came before, and is not answered twice; sign it again with a new nonce",
        );
      if (seen.size >= maxNonces)
        throw new AtollError(
          "SERVER_BUSY",
          `${seen.size} calls of this client came within ten minutes; call again later`,
        );
      seen.set(nonce, now());
    },
  };
}
