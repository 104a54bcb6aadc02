import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { AtollError } from "@atoll/core/errors";
import { TimeoutError, connect, type NatsConnection } from "@nats-io/transport-node";
import { MAX_FRAME_BYTES } from "../types.ts";
import { endAtDamagedBytes } from "./damaged-bytes.ts";

/** PEM texts: the authority that signed the broker's certificate, and one's own certificate and key. */
export interface NatsTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** How to reach a broker. */
export interface NatsPlace {
  /** Like "nats.example:4222"; all of one cluster, each with its certificate for what is written here. */
  readonly servers: readonly string[];
  /** Asked for at every connection, so that a new certificate is used from the next one on; absent: no TLS. */
  readonly tls?: () => NatsTls;
  /** The pause between attempts to connect again; as much is added at random. */
  readonly reconnectWaitMs?: number;
  /** How long one attempt may take. */
  readonly connectTimeoutMs?: number;
  /** A connection on which three pings go unanswered is given up; the pause between them. */
  readonly pingIntervalMs?: number;
}

/** Room for headers, next to the largest frame. */
const MIN_PAYLOAD_BYTES = MAX_FRAME_BYTES + 2 ** 12;
/** A link that has stalled is noticed in three times as long. */
const PING_INTERVAL_MS = 5000;
const MAX_PINGS_OUT = 2;

/**
 * A connection that comes back by itself for as long as it is not closed, also after the broker refused it: who is
 * not known to the broker yet may be soon.
 */
export async function dial(
  place: NatsPlace,
  { name, inboxPrefix }: { readonly name: string; readonly inboxPrefix: string },
): Promise<NatsConnection> {
  const { servers, tls, reconnectWaitMs = 250, connectTimeoutMs = 5000 } = place;
  const connection = await connect({
    servers: [...servers],
    name,
    inboxPrefix,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: reconnectWaitMs,
    reconnectJitter: reconnectWaitMs,
    reconnectJitterTLS: reconnectWaitMs,
    timeout: connectTimeoutMs,
    pingInterval: place.pingIntervalMs ?? PING_INTERVAL_MS,
    maxPingOut: MAX_PINGS_OUT,
    noAsyncTraces: true,
    // Certificates are held against what was written down, not against what a broker says of others.
    ignoreClusterUpdates: true,
    ...(tls === undefined ? {} : { tls: latest(tls, servers) }),
  });
  endAtDamagedBytes(connection);
  try {
    checkPayload(connection);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Read anew at every connection: the client library copies what it finds then. */
function latest(tls: () => NatsTls, servers: readonly string[]) {
  return {
    get ca() {
      return tls().ca;
    },
    get cert() {
      return tls().cert;
    },
    get key() {
      return tls().key;
    },
    checkServerIdentity: identityCheck(servers),
  };
}

/** For addresses the client library lets Node.js look for "localhost" in the certificate: here it is the address. */
function identityCheck(servers: readonly string[]) {
  const hosts = servers.map((server) =>
    new URL(server.includes("://") ? server : `nats://${server}`).hostname.replace(/^\[|\]$/g, ""),
  );
  return (asked: string, certificate: PeerCertificate): Error | undefined => {
    const names = hosts.includes(asked) ? [asked] : hosts.filter((host) => isIP(host) !== 0);
    const errors = names.map((name) => checkServerIdentity(name, certificate));
    if (errors.includes(undefined)) return undefined;
    return errors[0] ?? checkServerIdentity(asked, certificate);
  };
}

function checkPayload(connection: NatsConnection): void {
  const bytes = connection.info?.max_payload ?? 0;
  if (bytes < MIN_PAYLOAD_BYTES)
    throw new AtollError(
      "NATS_PAYLOAD",
      `the NATS server ${connection.getServer()} takes messages of at most ${bytes} bytes, and frames need ` +
        `${MIN_PAYLOAD_BYTES}; set max_payload: 2097152 in its configuration`,
    );
}

/** The words of an error, without its stack. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why no connection came about. */
export function dialWordsOf(error: unknown): string {
  // The broker hangs up on such certificates after the handshake, which the client library does not notice.
  return error instanceof TimeoutError
    ? "it does not answer in time, as it does with certificates that are out of date or of another authority"
    : wordsOf(error);
}
