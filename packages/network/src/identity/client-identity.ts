import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { z } from "zod";
import { fingerprintOf, type TlsMaterial } from "./authority.ts";
import { clientOfCertificate } from "./certificate-names.ts";
import { currentGeneration, flipGeneration, pendingGeneration } from "./generations.ts";
import { dersOf, pemOf } from "./pem.ts";
import { makePrivateFolder, readIdentityFile, writePrivateFile } from "./private-files.ts";
import { generateSigningKey, readSigningKey, writeSigningKey, type OwnKey } from "./signing-key.ts";
import type { SigningKey } from "./types.ts";

const serverFile = z.strictObject({
  urls: z.array(z.string().min(1)).min(1),
  serverPublicKey: z.string(),
  client: z.string().min(1).max(200),
});

/** The server that a silo belongs to, and the silo's name there. */
export type ServerOfClient = Readonly<z.infer<typeof serverFile>>;

/** Who a silo is. Printing it shows no private key. */
export interface ClientIdentity {
  readonly client: string;
  readonly urls: readonly string[];
  /** The key that signs the server's answers: SPKI, base64. */
  readonly serverPublicKey: string;
  readonly authorityPem: string;
  /** Signs what the silo sends. Its certificate is of the same key. */
  readonly key: SigningKey;
  /** The key and its certificate, for TLS. */
  readonly tls: () => TlsMaterial;
  readonly notAfterMs: number;
}

/**
 * The key to ask a certificate for: the one that an earlier attempt left, else a new one. It is on disk before
 * anybody hears of it, so that asking may be broken off and done again.
 */
export function prepareKey(directory: string): OwnKey {
  const folder = resolve(directory);
  makePrivateFolder(folder);
  const path = pendingGeneration(folder).key;
  const left = readSigningKey(path);
  if (left !== undefined) return left;
  const key = generateSigningKey();
  writeSigningKey(path, key);
  return key;
}

/** Keeps what a silo got when it joined, whether or not it had joined a server before: IDENTITY_DAMAGED where the parts do not fit. */
export function storeEnrolment(
  directory: string,
  enrolment: {
    readonly server: ServerOfClient;
    readonly authorityPem: string;
    /** What the invitation pinned. */
    readonly authorityFingerprint: string;
    readonly certificatePem: string;
  },
): ClientIdentity {
  const [authority] = dersOf("CERTIFICATE", enrolment.authorityPem);
  if (authority === undefined || fingerprintOf(authority) !== enrolment.authorityFingerprint)
    throw damaged("the authority's certificate is not the one that the invitation names");
  return storeGeneration(resolve(directory), {
    certificatePem: enrolment.certificatePem,
    authorityPem: pemOf("CERTIFICATE", authority),
    server: enrolment.server,
  });
}

/** Lets the key that was prepared and this certificate become the silo's, together, at the same server. */
export function storeCertificate(directory: string, certificatePem: string): ClientIdentity {
  const { client, urls, serverPublicKey, authorityPem } = readClientIdentity(directory);
  const server = { client, urls: [...urls], serverPublicKey };
  return storeGeneration(resolve(directory), { certificatePem, authorityPem, server });
}

/** A kill at any instant leaves what was there, or what comes. */
function storeGeneration(
  folder: string,
  next: {
    readonly certificatePem: string;
    readonly authorityPem: string;
    readonly server: ServerOfClient;
  },
): ClientIdentity {
  const pending = pendingGeneration(folder);
  const key = readSigningKey(pending.key);
  if (key === undefined) throw damaged(`${pending.folder} has no key that waits for a certificate`);
  checkCertificate({
    ...next,
    publicKey: key.publicKey,
    client: next.server.client,
    where: "the certificate that the server sent",
  });
  writePrivateFile(pending.authority, next.authorityPem);
  writePrivateFile(
    pending.server,
    `${JSON.stringify(serverFile.parse(next.server), undefined, 2)}\n`,
  );
  writePrivateFile(pending.certificate, next.certificatePem);
  flipGeneration(folder);
  return readClientIdentity(folder);
}

/** IDENTITY_MISSING, IDENTITY_DAMAGED, IDENTITY_PERMISSIONS. */
export function readClientIdentity(directory: string): ClientIdentity {
  const folder = resolve(directory);
  const paths = currentGeneration(folder);
  if (paths === undefined)
    throw new AtollError(
      "IDENTITY_MISSING",
      `${folder} holds no silo that joined a server; run "atoll client join" with an invitation, or give the folder where it was run`,
    );
  const key = readSigningKey(paths.key);
  if (key === undefined) throw damaged(`${paths.key} is missing`);
  const certificatePem = mustRead(paths.certificate);
  const authorityPem = mustRead(paths.authority);
  const { client, urls, serverPublicKey } = parseServer(paths.server);
  const { publicKey } = key;
  const notAfterMs = checkCertificate({
    certificatePem,
    publicKey,
    client,
    authorityPem,
    where: paths.certificate,
  });
  return {
    client,
    urls,
    serverPublicKey,
    authorityPem,
    key: { publicKey, sign: key.sign },
    tls: () => ({ keyPem: key.toPem, certificatePem }),
    notAfterMs,
  };
}

function parseServer(path: string): ServerOfClient {
  const text = mustRead(path);
  try {
    return serverFile.parse(JSON.parse(text));
  } catch {
    throw damaged(`${path} does not say which server this is`);
  }
}

function mustRead(path: string): string {
  const text = readIdentityFile(path);
  if (text === undefined) throw damaged(`${path} is missing`);
  return text;
}

/** When a certificate ends, after a look at whose it is. */
function checkCertificate(claimed: {
  readonly certificatePem: string;
  readonly publicKey: string;
  readonly client: string;
  readonly authorityPem: string;
  readonly where: string;
}): number {
  let certificate: X509Certificate;
  let isIssued: boolean;
  try {
    certificate = new X509Certificate(claimed.certificatePem);
    isIssued = certificate.verify(new X509Certificate(claimed.authorityPem).publicKey);
  } catch {
    throw damaged(`${claimed.where} is no certificate`);
  }
  const publicKey = certificate.publicKey.export({ type: "spki", format: "der" });
  if (publicKey.toString("base64") !== claimed.publicKey)
    throw damaged(`${claimed.where} is not of this silo's key`);
  if (!isIssued) throw damaged(`${claimed.where} is not signed by the server's authority`);
  const client = clientOfCertificate(certificate.raw);
  if (client !== claimed.client)
    throw damaged(
      `${claimed.where} is of ${client === undefined ? "no client" : `"${client}"`}, and this silo is "${claimed.client}"`,
    );
  return certificate.validToDate.getTime();
}

function damaged(what: string): AtollError {
  return new AtollError(
    "IDENTITY_DAMAGED",
    `${what}; put the folder back from a backup, or join anew in an empty folder with another invitation`,
  );
}
