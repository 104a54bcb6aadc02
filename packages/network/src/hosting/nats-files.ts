import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { natsServerConfig, type TlsFiles } from "../carriers/nats/index.ts";
import {
  clientUri,
  generateSigningKey,
  makeRequest,
  readServerIdentity,
  type Authority,
} from "../identity/index.ts";
import { makePrivateFolder, writePrivateFile } from "../identity/private-files.ts";

const DAYS = 365;
/** A certificate with fewer days left is made anew. */
const LEAST_DAYS = 30;
const DAY_MS = 86_400_000;
/** Where leaf nodes reach the hub. */
export const LEAF_PORT = 7422;

/** As whom the coordinator, and leaf nodes, come to the hub: no client can be invited by such a name. */
const COORDINATOR = "$coordinator";
const leafName = (leaf: string) => `$leaf ${leaf}`;

export interface NatsLeaf {
  readonly name: string;
  /** Names by which its clients reach it. */
  readonly hosts: readonly string[];
  readonly clients: readonly string[];
}

export interface NatsFilesOptions {
  /** The folder to write; where it is there, certificates that still hold are kept. */
  readonly out: string;
  /** Names by which the coordinator, clients and leaf nodes reach the hub. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Clients that may call, those of leaf nodes among them. */
  readonly clients: readonly string[];
  readonly leaves: readonly NatsLeaf[];
  readonly now: () => number;
}

/**
 * Writes what NATS servers need to know a server's clients: for the hub, and in a folder of its own for each leaf node.
 * To be written anew, and the brokers to be told, after somebody joined or was revoked.
 */
export async function writeNatsFiles(
  directory: string,
  { out, hosts, port, clients, leaves, now }: NatsFilesOptions,
): Promise<{ readonly coordinator: TlsFiles; readonly folders: readonly string[] }> {
  const { authority } = await readServerIdentity(directory, { now });
  makePrivateFolder(out);
  const issuing = { authority, now };
  const tls = await brokerFiles(out, { ...issuing, hosts });
  const coordinator = await userFiles(out, "coordinator", { ...issuing, client: COORDINATOR });
  const ofLeaves = new Set(leaves.flatMap((leaf) => leaf.clients));
  const hub = natsServerConfig({
    port,
    tls,
    serverUser: clientUri(COORDINATOR),
    jetstream: { folder: "jetstream" },
    clients: clients.filter((client) => !ofLeaves.has(client)),
    ...(leaves.length > 0 && {
      leaves: {
        port: LEAF_PORT,
        regions: leaves.map((leaf) => ({
          user: clientUri(leafName(leaf.name)),
          clients: leaf.clients,
        })),
      },
    }),
  });
  writePrivateFile(join(out, "nats.conf"), hub);

  const folders = [out];
  for (const leaf of leaves) {
    const folder = join(out, `leaf-${leaf.name}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const client = leafName(leaf.name);
    const config = natsServerConfig({
      port,
      tls: await brokerFiles(folder, { ...issuing, hosts: leaf.hosts }),
      clients: leaf.clients.filter((one) => clients.includes(one)),
      hub: {
        urls: hosts.map((host) => `tls://${host.includes(":") ? `[${host}]` : host}:${LEAF_PORT}`),
        tls: await userFiles(folder, "leaf", { ...issuing, client }),
      },
    });
    writePrivateFile(join(folder, "nats.conf"), config);
    folders.push(folder);
  }
  const at = (name: string) => join(out, name);
  return {
    coordinator: {
      ca: at(coordinator.ca),
      cert: at(coordinator.cert),
      key: at(coordinator.key),
    },
    folders,
  };
}

interface IssuingFiles {
  readonly authority: Authority;
  readonly now: () => number;
}

/** A broker's own certificate; names are those of files beside its configuration. */
async function brokerFiles(
  folder: string,
  { authority, now, hosts }: IssuingFiles & { readonly hosts: readonly string[] },
): Promise<TlsFiles> {
  const files = filesOf("broker");
  writePrivateFile(join(folder, files.ca), authority.certificatePem);
  if (holds(join(folder, files.cert), now())) return files;
  const made = await authority.issueServerCertificate({ hosts, days: DAYS });
  writePrivateFile(join(folder, files.key), made.keyPem());
  writePrivateFile(join(folder, files.cert), made.certificatePem);
  return files;
}

/** What somebody shows to a broker. */
async function userFiles(
  folder: string,
  name: string,
  { authority, now, client }: IssuingFiles & { readonly client: string },
): Promise<TlsFiles> {
  const files = filesOf(name);
  if (holds(join(folder, files.cert), now())) return files;
  const key = generateSigningKey();
  const request = await makeRequest(key, client);
  const made = await authority.issueClientCertificate(request, { client, days: DAYS });
  writePrivateFile(join(folder, files.key), key.toPem());
  writePrivateFile(join(folder, files.cert), made.certificatePem);
  return files;
}

const filesOf = (name: string): TlsFiles => ({
  ca: "authority.pem",
  cert: `${name}.pem`,
  key: `${name}-key.pem`,
});

function holds(path: string, nowMs: number): boolean {
  try {
    const { validToDate } = new X509Certificate(readFileSync(path));
    return validToDate.getTime() - nowMs > LEAST_DAYS * DAY_MS;
  } catch {
    // Not there, or no certificate.
    return false;
  }
}
