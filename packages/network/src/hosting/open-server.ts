import { randomBytes, randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { openBlobStore } from "../blobs/index.ts";
import { serveHttps, type ServerCarrier } from "../carriers/index.ts";
import { openCoordinator, type CoordinatorEvent } from "../coordinator/index.ts";
import {
  createServerIdentity,
  publicKeyOfRequest,
  readServerIdentity,
  verify,
} from "../identity/index.ts";
import {
  announceAdmin,
  createMetrics,
  keptAdminToken,
  startAdminServer,
  type Log,
} from "../operations/index.ts";
import { serveFrames, type FrameHandler } from "../protocol/index.ts";
import { openPostgres, openRecord, openSqlite, type RunRecord } from "../record/index.ts";
import { administrationOf } from "./administration.ts";
import { keepLastRun } from "./last-run.ts";
import { watchServer } from "./watch-server.ts";

/** What a silo may send of one answer or a server of one request: 16 GiB. */
export const MAX_BLOB_BYTES = 2 ** 34;
export const DEFAULT_PORT = 7443;

export interface ServerOptions {
  /** Made by `initServer`: keys, certificates, the record, what clients sent. */
  readonly directory: string;
  /** postgres://...; default: a file in the folder. */
  readonly recordUrl?: string | undefined;
  /** Where to listen for clients; default: every address, port 7443. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly adminPort?: number | undefined;
  /** Where clients reach it, as invitations say; default: its own names with its port. */
  readonly urls?: readonly string[] | undefined;
  /** TLS ends before the server. */
  readonly trustProxy?: boolean | undefined;
  readonly checkpointSeconds?: number | undefined;
  /** Further carriers, such as NATS; they are opened once the server can answer. */
  readonly carriers?: readonly ((handler: FrameHandler) => Promise<ServerCarrier>)[];
  readonly now: () => number;
  readonly log: Log;
  readonly onEvent?: (event: CoordinatorEvent) => void;
  /** Called after each transition of the record. */
  readonly onTransition?: ((name: string) => void) | undefined;
}

export interface RunningServer {
  /** Where clients reach it. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly adminAddress: string;
  /** Works until the signal comes, then closes everything in order. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** Makes the folder of a new server: an authority, a certificate for these hosts, and keys. IDENTITY_EXISTS. */
export async function initServer(
  directory: string,
  { hosts, now }: { readonly hosts: readonly string[]; readonly now: () => number },
): Promise<{ readonly fingerprint: string }> {
  const { authority } = await createServerIdentity(directory, { hosts, now });
  keptAdminToken(directory, randomBytes);
  return { fingerprint: authority.fingerprint };
}

/** The record of a server's folder, or of a database. */
export async function openServerRecord(
  directory: string,
  recordUrl?: string,
  onTransition?: (name: string) => void,
): Promise<RunRecord> {
  const sql =
    recordUrl === undefined
      ? await openSqlite(join(resolve(directory), "record.sqlite"))
      : await openPostgres(recordUrl);
  return openRecord(sql, { ...(onTransition && { onTransition }) });
}

/** Opens a server: it answers from now on, and works on runs once `run` is called. */
export async function openServer(options: ServerOptions): Promise<RunningServer> {
  const opened: Closable[] = [];
  const close = async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  };
  try {
    return await openParts(options, { opened, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Closable {
  readonly close: () => Promise<unknown>;
}

/** What is open is added to `opened`, in its order; `close` closes all of it, the last first. */
async function openParts(
  options: ServerOptions,
  { opened, close }: { readonly opened: Closable[] } & Closable,
): Promise<RunningServer> {
  const keep = <T extends Closable>(one: T): T => {
    opened.push(one);
    return one;
  };
  const { directory, now, log, host = "0.0.0.0", port = DEFAULT_PORT } = options;
  const identity = await readServerIdentity(directory, { now });
  const record = keep(await openServerRecord(directory, options.recordUrl, options.onTransition));
  const blobs = keep(
    await openBlobStore({
      directory: join(directory, "blobs"),
      maxBlobBytes: MAX_BLOB_BYTES,
      now,
    }),
  );
  const metrics = createMetrics();
  const watching = watchServer({ log, metrics, record, now });
  const coordinator = await openCoordinator({
    record,
    blobs,
    directory,
    now,
    newId: randomUUID,
    publicKeyOf: publicKeyOfRequest,
    issue: (request, client) => identity.authority.issueClientCertificate(request, { client }),
    authorityPem: () => identity.authority.certificatePem,
    onEvent: (event) => {
      watching.onEvent(event);
      options.onEvent?.(event);
    },
    ...(options.checkpointSeconds !== undefined && {
      checkpointSeconds: options.checkpointSeconds,
    }),
  });
  const handler = watching.watched(
    serveFrames({
      handlers: watching.counted(coordinator.handlers),
      identify: async (name, nowMs) => {
        const client = await record.client(name, nowMs);
        return client && { publicKeys: client.certificates.map(({ publicKey }) => publicKey) };
      },
      serverKey: identity.key,
      verify,
      now,
      newId: randomUUID,
      onRefused: watching.onRefused,
      onError: watching.onError,
    }),
  );
  const { trustProxy = false } = options;
  const onProblem = (problem: unknown) =>
    log.error("carrier.problem", { problem: String(problem) });
  const https = keep(
    await serveHttps({ identity, handler, host, port, now, trustProxy, onProblem }),
  );
  const others: ServerCarrier[] = [];
  for (const open of options.carriers ?? []) others.push(keep(await open(handler)));
  const urls = options.urls ?? urlsOf(identity.hosts, https.port);
  const admin = keep(
    await startAdminServer({
      administration: administrationOf({
        record,
        directory,
        coordinator,
        identity,
        urls,
        now,
        lastSeenMs: watching.lastSeenMs,
      }),
      token: keptAdminToken(directory, randomBytes),
      metrics,
      readiness: [
        {
          name: "record",
          run: async () => {
            await record.client("", now());
            return { ok: true, finding: "the record answers" };
          },
        },
      ],
      log,
      ...(options.adminPort !== undefined && { port: options.adminPort }),
    }),
  );
  const unsay = announceAdmin(directory, admin.address);
  keepLastRun(directory, {
    urls: [...urls],
    record: options.recordUrl === undefined ? "folder" : "database",
  });

  return {
    addresses: [...urls, ...others.map(({ address }) => address)],
    port: https.port,
    adminAddress: admin.address,
    run: async (signal) => {
      try {
        await coordinator.work(signal);
      } finally {
        unsay();
        await close();
      }
    },
  };
}

export const urlsOf = (hosts: readonly string[], port: number) =>
  hosts.map((host) => `https://${bracketed(host)}:${port}`);

const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host);
