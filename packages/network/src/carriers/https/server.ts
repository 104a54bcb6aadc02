import { constants } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SecureContextOptions, TLSSocket } from "node:tls";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { AtollError } from "@atoll/core/errors";
import { Hono, type Context } from "hono";
import type { ServerIdentity } from "../../identity/index.ts";
import { linkAborts, unlessAborted } from "../../protocol/linked-abort.ts";
import { MAX_FRAME_BYTES, type FrameHandler, type ServerCarrier } from "../types.ts";
import { createCallers, type HttpsCaller } from "./caller.ts";
import { CALL_PATH, FRAME_TYPE, readUpTo } from "./limits.ts";

/** A request to join is smaller. */
const MAX_STRANGER_FRAME_BYTES = 2 ** 16;

export interface HttpsServerOptions {
  readonly identity: Pick<ServerIdentity, "authority" | "tls" | "renew">;
  readonly handler: FrameHandler;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly now: () => number;
  /**
   * For a server behind a proxy that ends TLS: who calls is then not known here, and frames of any size are taken
   * without a client's certificate. Frames stay signed by the silos' own keys, which is what identifies them.
   */
  readonly trustProxy?: boolean;
  readonly maxConnections?: number;
  /** How often the server's certificate is looked at, whether it is to be renewed. */
  readonly renewEveryMs?: number;
  /** Hears of what the server lives on after: handlers that fail, a certificate that cannot be renewed. */
  readonly onProblem?: (problem: unknown) => void;
}

export interface HttpsServer extends ServerCarrier {
  readonly port: number;
  /** Renews the server's certificate if it is close to its end; new connections see the new one. */
  readonly renewCertificate: () => Promise<void>;
}

/** Takes frames over HTTPS, by POST to /v1/call. CARRIER_ADDRESS where it cannot listen. */
export async function serveHttps(options: HttpsServerOptions): Promise<HttpsServer> {
  const { identity, host, renewEveryMs = 3_600_000, onProblem = () => {} } = options;
  const closing = new AbortController();
  const app = routes(options, closing.signal);
  const server = createServer(
    {
      ...contextOf(identity),
      requestCert: true,
      // Who has no certificate may join; who has a wrong one is told so.
      rejectUnauthorized: false,
      handshakeTimeout: 10_000,
      maxHeaderSize: 8192,
      headersTimeout: 10_000,
      // Of the request alone: an answer may take its time.
      requestTimeout: 120_000,
      connectionsCheckingInterval: 5000,
      keepAliveTimeout: 75_000,
      noDelay: true,
    },
    // A rejection reaches nobody here; the listener answers each with a status.
    (incoming, outgoing) => void app(incoming, outgoing),
  );
  server.maxConnections = options.maxConnections ?? 4096;
  // A client that neither sends nor reads for longer than any wait for orders is gone.
  server.setTimeout(150_000);
  const sockets = openSockets(server);
  await listen(server, options);

  const renewCertificate = async () => {
    if (await identity.renew()) server.setSecureContext(contextOf(identity));
  };
  const timer = setInterval(() => void renewCertificate().catch(onProblem), renewEveryMs);
  timer.unref();

  const { port } = server.address() as AddressInfo;
  return {
    address: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    renewCertificate,
    close: async () => {
      clearInterval(timer);
      closing.abort(new Error("the server is closing"));
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function contextOf({ authority, tls }: HttpsServerOptions["identity"]): SecureContextOptions {
  const { keyPem, certificatePem } = tls();
  return {
    key: keyPem(),
    cert: certificatePem,
    ca: authority.certificatePem,
    minVersion: "TLSv1.3",
    // A session that is resumed would bring back a certificate that was checked long ago.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** All connections, those too that have not finished their handshake: closing is not to wait for them. */
function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

async function listen(
  server: Server,
  { host, port }: Pick<HttpsServerOptions, "host" | "port">,
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code = "no code" } = error as NodeJS.ErrnoException;
    throw new AtollError(
      "CARRIER_ADDRESS",
      `cannot listen at ${host} port ${port} (${code}); choose a port that is free and above 1023, and an address of this machine`,
    );
  }
}

type Bound = Context<{ Bindings: HttpBindings }>;

function routes(
  { handler, now, trustProxy = false, onProblem }: HttpsServerOptions,
  closing: AbortSignal,
): ReturnType<typeof getRequestListener> {
  const callerOf = createCallers(now);
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/health/live", (context) => context.text("live"));

  app.post(`/${CALL_PATH}`, async (context) => {
    const { incoming, outgoing } = context.env;
    const caller = callerOf(incoming.socket as TLSSocket);
    if (caller.kind === "refused") return refuse(context, 403, caller.refusal);
    const limit =
      caller.kind === "stranger" && !trustProxy ? MAX_STRANGER_FRAME_BYTES : MAX_FRAME_BYTES;
    const declared = Number(context.req.header("content-length") ?? 0);
    const frame = declared > limit ? undefined : await readUpTo(incoming, limit);
    if (frame === undefined) return refuse(context, 413, `more than ${limit} bytes`);
    const answer = await handle(context, caller, frame);
    if (answer.length > MAX_FRAME_BYTES)
      throw new Error(`an answer has ${answer.length} bytes, more than a frame may have`);
    // Past the framework, which would copy it.
    outgoing.writeHead(200, { "content-type": FRAME_TYPE, "content-length": answer.length });
    outgoing.end(answer);
    return RESPONSE_ALREADY_SENT;
  });

  app.onError((error, context) => {
    if (!closing.aborted && !context.env.outgoing.destroyed) onProblem?.(error);
    return context.text("no answer", closing.aborted ? 503 : 500);
  });

  async function handle(
    { env: { outgoing } }: Bound,
    caller: HttpsCaller,
    frame: Uint8Array,
  ): Promise<Uint8Array> {
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort(new Error("the client hung up")));
    const end = linkAborts([gone.signal, closing]);
    const client = caller.kind === "client" ? caller.client : undefined;
    try {
      return await unlessAborted(handler({ client }, frame, end.signal), end.signal);
    } finally {
      end.release();
    }
  }

  return getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // Bodies are read here, up to their limits; whatever is left of one goes with its connection.
    autoCleanupIncoming: false,
  });
}

/** Answers without reading on: the connection ends with the answer. */
function refuse(context: Bound, status: 403 | 413, reason: string): Response {
  return context.text(reason, status, { connection: "close" });
}
