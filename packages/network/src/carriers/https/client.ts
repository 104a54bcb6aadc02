import { Agent, request } from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { AtollError } from "@atoll/core/errors";
import type { TlsMaterial } from "../../identity/index.ts";
import { linkAborts } from "../../protocol/linked-abort.ts";
import { checkFrameSize } from "../frame-size.ts";
import { MAX_FRAME_BYTES, type ClientCarrier } from "../types.ts";
import { carrierFailed, certificateRefused, connectionFailed } from "./causes.ts";
import { CALL_PATH, CERTIFICATE_REFUSALS, FRAME_TYPE, readUpTo } from "./limits.ts";
import { presentedAuthority } from "./presented-authority.ts";

/** Whom a client takes a server's certificate from. */
export type HttpsTrust =
  /** From this authority alone (PEM). */
  | { readonly authorityPem: string }
  /** From the authority whose certificate has this SHA-256 (hex of its DER), which the server is to present: for joining. */
  | { readonly authorityFingerprint: string }
  /** From any that the machine trusts: for a server behind a proxy that ends TLS. */
  | { readonly authority: "system" };

export type HttpsClientOptions = HttpsTrust & {
  /** https://host:port, with a path before it where a proxy wants one. */
  readonly url: string;
  /** The client's key and certificate as they are now: asked before each call, so that they may change meanwhile. */
  readonly identity?: () => TlsMaterial;
  /** How long a call may take, its wait for orders included. */
  readonly timeoutMs?: number;
  /** How long a connection may take to be made. */
  readonly connectMs?: number;
  readonly maxConnections?: number;
};

interface Way {
  readonly agent: Agent;
  /** The client's certificate that its connections present. */
  readonly certificatePem: string | undefined;
}

/** A way to a server over HTTPS. Connections are made when they are needed, and kept. */
export function connectHttps(options: HttpsClientOptions): ClientCarrier {
  const url = parseUrl(options.url);
  const closing = new AbortController();
  let authorityPem = "authorityPem" in options ? options.authorityPem : undefined;
  let way: Way | undefined;

  async function agentNow(signal: AbortSignal): Promise<Agent> {
    if ("authorityFingerprint" in options && authorityPem === undefined)
      authorityPem = await presentedAuthority(url, {
        fingerprint: options.authorityFingerprint,
        signal,
        connectMs: options.connectMs ?? 10_000,
      });
    const identity = options.identity?.();
    if (way === undefined || way.certificatePem !== identity?.certificatePem) {
      if (way !== undefined) retire(way.agent);
      way = {
        agent: makeAgent({ authorityPem, identity, maxSockets: options.maxConnections ?? 32 }),
        certificatePem: identity?.certificatePem,
      };
    }
    return way.agent;
  }

  return {
    call: async (frame, signal) => {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      checkFrameSize(frame);
      const { timeoutMs = 120_000, connectMs = 10_000 } = options;
      const end = linkAborts([signal, closing.signal]);
      try {
        const agent = await agentNow(end.signal);
        end.signal.throwIfAborted();
        return await exchange(frame, { url, agent, signal: end.signal, timeoutMs, connectMs });
      } finally {
        end.release();
      }
    },
    close: async () => {
      closing.abort(carrierFailed(url, "this carrier was closed"));
      way?.agent.destroy();
    },
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:")
    throw new AtollError(
      "CARRIER_ADDRESS",
      `"${text}" is no address of a server; give it like https://atoll.example.org:7443`,
    );
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return new URL(CALL_PATH, url);
}

function makeAgent({
  authorityPem,
  identity,
  maxSockets,
}: {
  readonly authorityPem: string | undefined;
  readonly identity: TlsMaterial | undefined;
  readonly maxSockets: number;
}): Agent {
  // The key goes into a context of its own: an agent would list it among the names of its connections.
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext({
      ...(authorityPem === undefined ? {} : { ca: authorityPem }),
      ...(identity === undefined ? {} : { key: identity.keyPem(), cert: identity.certificatePem }),
      minVersion: "TLSv1.3",
    });
  } catch {
    throw new AtollError(
      "IDENTITY_DAMAGED",
      "this silo's key and certificate do not belong together, or cannot be read; put its folder back from a backup, or join anew with another invitation",
    );
  }
  return new Agent({ keepAlive: true, maxSockets, maxCachedSessions: 0, secureContext });
}

/** Closes an agent's connections, those in use after their calls. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}

interface Exchange {
  readonly url: URL;
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly connectMs: number;
}

async function exchange(
  frame: Uint8Array,
  { url, agent, signal, timeoutMs, connectMs }: Exchange,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      agent,
      method: "POST",
      headers: { "content-type": FRAME_TYPE, "content-length": frame.length },
    });
    const timer = setTimeout(
      () => fail(carrierFailed(url, `none came within ${timeoutMs} ms; try again`)),
      timeoutMs,
    );
    const release = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    const succeed = (answer: Uint8Array) => {
      release();
      resolve(answer);
    };
    const fail = (error: unknown) => {
      release();
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      reject(error);
      sent.destroy();
    };
    const stop = () => fail(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    failSlowConnection(sent, { connectMs, fail: () => fail(connectionFailed(url, SLOW)) });
    sent.on("error", (error) => fail(connectionFailed(url, error)));
    const cut = () => fail(connectionFailed(url, CUT));
    sent.once("close", cut);
    sent.once("response", (response) => {
      // From here on the response tells whether it is whole.
      sent.off("close", cut);
      readAnswer(url, response).then(succeed, fail);
    });
    sent.end(frame);
  });
}

const SLOW = { code: "ETIMEDOUT" };
const CUT = { code: "ECONNRESET" };

/** Connections whose making was waited for. */
const watched = new WeakSet<object>();

function failSlowConnection(
  sent: ClientRequest,
  { connectMs, fail }: { readonly connectMs: number; readonly fail: () => void },
): void {
  sent.once("socket", (socket) => {
    // A connection that an earlier call made.
    if (watched.has(socket)) return;
    watched.add(socket);
    const timer = setTimeout(fail, connectMs);
    const stop = () => clearTimeout(timer);
    (socket as TLSSocket).once("secureConnect", stop).once("close", stop);
  });
}

async function readAnswer(url: URL, response: IncomingMessage): Promise<Uint8Array> {
  let body: Uint8Array<ArrayBuffer> | undefined;
  try {
    body = await readUpTo(response, MAX_FRAME_BYTES);
  } catch {
    throw connectionFailed(url, CUT);
  }
  if (body === undefined) throw carrierFailed(url, "the server's answer is too large");
  const { statusCode = 0, headers } = response;
  if (statusCode === 200 && headers["content-type"] === FRAME_TYPE) return body;
  if (statusCode === 403) {
    const refusal = new TextDecoder().decode(body);
    const known = CERTIFICATE_REFUSALS.find((one) => one === refusal);
    if (known !== undefined) throw certificateRefused(url, known);
  }
  if (statusCode === 413)
    throw carrierFailed(
      url,
      `a frame is too large for it without a client's certificate (${statusCode}); join first, or let a server behind a proxy trust it`,
    );
  if (statusCode >= 500)
    throw carrierFailed(url, `the server is in trouble or restarting (${statusCode}); try again`);
  throw carrierFailed(
    url,
    `something answers there that is no Atoll server (status ${statusCode}); check host, port and path`,
  );
}
