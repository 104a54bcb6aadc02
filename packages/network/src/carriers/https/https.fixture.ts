import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createServerIdentity,
  generateSigningKey,
  makeRequest,
  type Authority,
  type ServerIdentity,
  type TlsMaterial,
} from "../../identity/index.ts";
import type { FrameHandler } from "../types.ts";
import { serveHttps, type HttpsServer, type HttpsServerOptions } from "./server.ts";

export const DAY_MS = 86_400_000;

/** A server's identity in a folder that goes when the test is over. */
export interface TemporaryServer {
  readonly directory: string;
  readonly identity: ServerIdentity;
  readonly remove: () => void;
}

export async function temporaryServer({
  hosts = ["localhost", "127.0.0.1"],
  now = Date.now,
}: {
  readonly hosts?: readonly string[];
  readonly now?: () => number;
} = {}): Promise<TemporaryServer> {
  const folder = mkdtempSync(join(tmpdir(), "atoll-https-"));
  const directory = join(folder, "server");
  const identity = await createServerIdentity(directory, { hosts, now, randomBytes });
  return { directory, identity, remove: () => rmSync(folder, { recursive: true }) };
}

/** The key and certificate of a client that an authority enrolled. */
export async function enrolled(
  authority: Authority,
  client: string,
  days?: number,
): Promise<TlsMaterial> {
  const key = generateSigningKey();
  const request = await makeRequest(key, client);
  const { certificatePem } = await authority.issueClientCertificate(request, {
    client,
    ...(days === undefined ? {} : { days }),
  });
  return { keyPem: key.toPem, certificatePem };
}

export async function serveAt(
  identity: ServerIdentity,
  handler: FrameHandler,
  options: Partial<HttpsServerOptions> = {},
): Promise<HttpsServer> {
  return serveHttps({ identity, handler, host: "127.0.0.1", port: 0, now: Date.now, ...options });
}
