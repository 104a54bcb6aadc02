import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import { writeAtomically } from "@atoll/node/runs";
import { connectHttps, type ClientCarrier } from "../carriers/index.ts";
import {
  makeRequest,
  prepareKey,
  readClientIdentity,
  readInvitation,
  storeCertificate,
  storeEnrolment,
  verify,
  type ClientIdentity,
  type SigningKey,
} from "../identity/index.ts";
import { silentLog, type Log } from "../operations/index.ts";
import { defaultPolicyYaml, readPolicy, siloPolicy } from "../policy/index.ts";
import {
  serverCalls,
  VERSIONS,
  type OpenServerCalls,
  type ServerCallsOptions,
} from "../protocol/index.ts";
import { runSilo, type SiloEvent, type SiloOptions } from "../silo/index.ts";

const DAY_MS = 86_400_000;
/** A certificate is renewed when it has so long to go. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
const RENEW_LOOK_MS = 3_600_000;
const SYSTEM = { authority: "system" } as const;
const NO_SIGNAL = new AbortController().signal;

export const policyPath = (directory: string) => join(resolve(directory), "policy.yaml");

export interface JoinOptions {
  readonly directory: string;
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** For a server behind a proxy that ends TLS; the server's own signature is checked all the same. */
  readonly trustSystem?: boolean;
  /** Hears why it takes long. */
  readonly log?: Log;
  /** A server that has not answered after so long is given up: SERVER_DOWN. Default: a minute. */
  readonly limitMs?: number;
}

const JOIN_LIMIT_MS = 60_000;
/** One try may take this part of it: of a connection that has stalled there is no other sign. */
const JOIN_TRY = 0.25;

/**
 * Uses an invitation: makes a key that never leaves the folder, gets its certificate, and writes a policy to be read
 * and changed. INVITATION_INVALID, SERVER_DOWN.
 */
export async function joinServer(
  line: string,
  {
    directory,
    now,
    signal = NO_SIGNAL,
    trustSystem = false,
    log,
    limitMs = JOIN_LIMIT_MS,
  }: JoinOptions,
): Promise<{ readonly client: string; readonly urls: readonly string[] }> {
  const invitation = readInvitation(line, { nowMs: now() });
  const key = prepareKey(directory);
  const request = await makeRequest(key, invitation.client);
  const { authorityFingerprint, serverPublicKey, token, urls } = invitation;
  const trust = trustSystem ? SYSTEM : { authorityFingerprint };
  const carrier = firstOf(urls.map((url) => connectHttps({ url, ...trust })));
  let why = "no answer yet";
  const heard: Log = {
    ...(log ?? silentLog),
    warn: (name, fields) => {
      why = String(fields?.["message"]);
      log?.warn(name, fields);
    },
  };
  const limits = { tryMs: limitMs * JOIN_TRY };
  const calls = callsOf({ carrier, client: null, key, serverPublicKey, now, log: heard, limits });
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(serverDown(limitMs, why)), limitMs);
  try {
    const { reply } = await calls.call(
      "join",
      { token, request },
      { signal: AbortSignal.any([signal, tooLate.signal]) },
    );
    storeEnrolment(directory, {
      server: { client: reply.client, urls: [...urls], serverPublicKey },
      authorityPem: reply.authority,
      authorityFingerprint,
      certificatePem: reply.certificate,
    });
    if (!existsSync(policyPath(directory)))
      await writeAtomically(policyPath(directory), defaultPolicyYaml);
    return { client: reply.client, urls };
  } finally {
    clearTimeout(timer);
    calls.close();
    await carrier.close();
  }
}

function serverDown(limitMs: number, why: string): AtollError {
  return new AtollError(
    "SERVER_DOWN",
    `the server did not answer within ${limitMs / 1000} s (${why}); is the server running, and can this machine reach it? The invitation was not used up: type the same again`,
  );
}

export interface ClientOptions extends Pick<
  SiloOptions,
  "threads" | "openPool" | "onTransition" | "waitMs" | "pauseMs"
> {
  /** Made by `joinServer`. */
  readonly directory: string;
  /** Where the silo's rows lie. */
  readonly dataDirectory: string;
  readonly now: () => number;
  readonly log: Log;
  readonly onEvent?: (event: SiloEvent) => void;
  /** The server lies behind a proxy that ends TLS. */
  readonly trustSystem?: boolean;
  /** How long a call may take, and the pauses before it is made again; default: minutes. */
  readonly limits?: ServerCallsOptions["limits"];
  /** Another way to the server than HTTPS. */
  readonly carrier?: (identity: ClientIdentity) => Promise<ClientCarrier>;
}

/** Runs a silo until the signal comes: asks its server for work, and does what its policy allows. */
export async function runClient(options: ClientOptions, signal: AbortSignal): Promise<void> {
  const { directory, dataDirectory, now, log, onEvent, carrier: open, ...rest } = options;
  const { trustSystem = false, limits, ...others } = rest;
  let identity = readClientIdentity(directory);
  const { client, urls, serverPublicKey, authorityPem } = identity;
  const policy = siloPolicy(await readPolicy(policyPath(directory)));
  const trust = trustSystem ? SYSTEM : { authorityPem };
  const https = () =>
    firstOf(urls.map((url) => connectHttps({ url, ...trust, identity: () => identity.tls() })));
  const carrier = open === undefined ? https() : await open(identity);
  // Calls are signed by whichever key is valid now.
  const key: SigningKey = {
    get publicKey() {
      return identity.key.publicKey;
    },
    sign: (bytes) => identity.key.sign(bytes),
  };
  const calls = callsOf({
    carrier,
    client,
    key,
    serverPublicKey,
    now,
    log,
    ...(limits && { limits }),
  });
  const renewing = new AbortController();
  const renew = async () => {
    while (!renewing.signal.aborted) {
      if (identity.notAfterMs - now() < RENEW_BEFORE_MS)
        identity = await rotate(directory, { calls, client, signal: renewing.signal });
      await pause(RENEW_LOOK_MS, undefined, { signal: renewing.signal });
    }
  };
  const renewal = renew().catch((error: unknown) => {
    if (!renewing.signal.aborted) log.error("certificate.problem", { problem: String(error) });
  });
  try {
    await runSilo({
      ...others,
      calls,
      folder: join(resolve(directory), "silo"),
      policy,
      data: { directory: resolve(dataDirectory) },
      signal,
      now,
      onEvent: (event) => onEvent?.(event),
    });
  } finally {
    renewing.abort();
    calls.close();
    await carrier.close();
    await renewal;
  }
}

/** Greets the server of a client's folder, which a running client of that folder hears of and greets anew. */
export async function greetServer(
  directory: string,
  {
    now,
    signal,
    trustSystem = false,
  }: {
    readonly now: () => number;
    readonly signal: AbortSignal;
    readonly trustSystem?: boolean;
  },
): Promise<{ readonly version: number; readonly serverTimeMs: number }> {
  const identity = readClientIdentity(directory);
  const { client, urls, serverPublicKey, authorityPem, key } = identity;
  const trust = trustSystem ? SYSTEM : { authorityPem };
  const carrier = firstOf(
    urls.map((url) => connectHttps({ url, ...trust, identity: identity.tls })),
  );
  const calls = callsOf({ carrier, client, key, serverPublicKey, now });
  try {
    const params = { versions: [...VERSIONS], software: "atoll doctor" };
    const { reply } = await calls.call("hello", params, { signal });
    return reply;
  } finally {
    calls.close();
    await carrier.close();
  }
}

/** A new key and its certificate, which become valid together. */
export async function rotate(
  directory: string,
  {
    calls,
    client,
    signal,
  }: {
    readonly calls: Pick<OpenServerCalls, "call">;
    readonly client: string;
    readonly signal: AbortSignal;
  },
): Promise<ClientIdentity> {
  const request = await makeRequest(prepareKey(directory), client);
  const { reply } = await calls.call("rotate", { request }, { signal });
  return storeCertificate(directory, reply.certificate);
}

function callsOf(options: {
  readonly carrier: ClientCarrier;
  readonly client: string | null;
  readonly key: SigningKey;
  readonly serverPublicKey: string;
  readonly now: () => number;
  readonly log?: Log;
  readonly limits?: NonNullable<ServerCallsOptions["limits"]>;
}): OpenServerCalls {
  const { log, ...rest } = options;
  return serverCalls({
    ...rest,
    verify,
    newId: randomUUID,
    sleep: (ms, signal) => pause(ms, undefined, { signal }),
    random: () => randomBytes(4).readUInt32LE() / 2 ** 32,
    ...(log && {
      onEvent: (event) =>
        event.kind === "retry"
          ? log.warn("call.retry", { ...event })
          : log.info("session.open", { ...event }),
    }),
  });
}

/** Tries the ways to a server in their order, beginning with the one that worked last. */
function firstOf(carriers: readonly ClientCarrier[]): ClientCarrier {
  let last = 0;
  return {
    call: async (frame, signal) => {
      for (let tried = 1; ; tried++)
        try {
          return await carriers[last]!.call(frame, signal);
        } catch (error) {
          const isLost = error instanceof AtollError && error.code === "CARRIER_FAILED";
          if (!isLost || tried === carriers.length) throw error;
          last = (last + 1) % carriers.length;
        }
    },
    close: async () => {
      await Promise.all(carriers.map((carrier) => carrier.close()));
    },
  };
}
