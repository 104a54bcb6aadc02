import type { Message } from "./types.ts";

/** A carrier to one client: encoded requests go in, encoded replies come out. */
export interface ClientConnection {
  readonly name: string;
  readonly request: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** An encoded message that lies elsewhere, such as on a disk, and is read piece by piece. */
export interface StoredMessage {
  readonly length: number;
  /** Bytes from `from` up to, but without, `to`. */
  readonly read: (from: number, to: number) => Uint8Array;
}

/** One round on its way to a cohort. */
export interface RoundExchange {
  readonly stage: string;
  readonly round: number;
  /** Encoded requests by client; clients that are told the same share bytes. */
  readonly requests: ReadonlyMap<string, Uint8Array>;
  /** Whether the round may close without some of the answers. */
  readonly optional: boolean;
  /** Refuses an answer that the stage could not use; an answer that is taken later is checked before it counts. */
  readonly check: (client: string, reply: Message) => void;
  /** Reads one client's answer as soon as it is there; throws what is wrong with it, and then it does not count. */
  readonly take: (client: string, reply: Uint8Array | StoredMessage) => void;
}

/** Carries a round to its cohort, and is done once no further answer will be taken. */
export type ExchangeRound = (round: RoundExchange) => Promise<void>;

/** Asks every client of a round by its own connection, and waits for all of them. */
export function throughConnections(connections: readonly ClientConnection[]): {
  readonly clients: readonly string[];
  readonly exchange: ExchangeRound;
} {
  const byName = new Map(connections.map((connection) => [connection.name, connection]));
  return {
    clients: [...byName.keys()],
    exchange: async ({ requests, take }) => {
      const ask = async ([client, bytes]: readonly [string, Uint8Array]) =>
        take(client, await byName.get(client)!.request(bytes));
      await Promise.all([...requests].map(ask));
    },
  };
}
