import { X509Certificate, randomBytes as systemRandomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { z } from "zod";
import {
  createAuthority,
  readAuthority,
  type Authority,
  type Issuing,
  type TlsMaterial,
} from "./authority.ts";
import { dersOf, pemOf } from "./pem.ts";
import {
  readIdentityFile,
  readPrivateFile,
  syncFolder,
  writePrivateFile,
} from "./private-files.ts";
import { generateSigningKey, signingKeyOf } from "./signing-key.ts";
import type { SigningKey } from "./types.ts";

/** A server certificate is renewed this long before its end. */
export const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 86_400_000;

const FILES = {
  authorityKey: "authority-key.pem",
  authority: "authority.pem",
  signingKey: "signing-key.pem",
  // Key and certificates in one file: they change together, by one rename.
  tls: "tls.pem",
  // Which names the server's certificate holds.
  server: "server.json",
} as const;

const serverFile = z.strictObject({ hosts: z.array(z.string()).min(1) });

/** Who a server is. Printing it shows no private key. */
export interface ServerIdentity {
  readonly authority: Authority;
  /** Signs the server's answers. */
  readonly key: SigningKey;
  readonly hosts: readonly string[];
  /** The key and the certificates that TLS uses now. */
  readonly tls: () => TlsMaterial;
  /** Makes a new certificate if the one in use is close to its end; says whether it did. */
  readonly renew: () => Promise<boolean>;
}

export interface ServerIdentityOptions {
  readonly now: () => number;
  readonly randomBytes?: (count: number) => Uint8Array;
}

/**
 * Makes an authority, a certificate for these hosts and a key that signs answers, in a new folder: whole, or not at
 * all. IDENTITY_EXISTS.
 */
export async function createServerIdentity(
  directory: string,
  {
    hosts,
    now,
    randomBytes = systemRandomBytes,
  }: ServerIdentityOptions & {
    readonly hosts: readonly string[];
  },
): Promise<ServerIdentity> {
  const issuing = { now, randomBytes };
  const folder = resolve(directory);
  const authority = await createAuthority(issuing);
  const tls = await authority.issueServerCertificate({ hosts });
  mkdirSync(dirname(folder), { recursive: true });
  // mkdtemp gives mode 0700.
  const temporary = mkdtempSync(`${folder}.new-`);
  try {
    writePrivateFile(join(temporary, FILES.authorityKey), authority.keyPem());
    writePrivateFile(join(temporary, FILES.authority), authority.certificatePem);
    writePrivateFile(join(temporary, FILES.signingKey), generateSigningKey().toPem());
    writePrivateFile(join(temporary, FILES.tls), tls.keyPem() + tls.certificatePem);
    writePrivateFile(join(temporary, FILES.server), `${JSON.stringify({ hosts })}\n`);
    moveFolder(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  return readServerIdentity(folder, issuing);
}

/** An empty folder gives way to a new one; one with anything in it does not. */
function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") throw error;
    throw new AtollError(
      "IDENTITY_EXISTS",
      `${to} is there already and not empty; choose another folder, or use the server that it holds`,
    );
  }
  syncFolder(dirname(to));
}

/** IDENTITY_MISSING, IDENTITY_DAMAGED, IDENTITY_PERMISSIONS. */
export async function readServerIdentity(
  directory: string,
  { now, randomBytes = systemRandomBytes }: ServerIdentityOptions,
): Promise<ServerIdentity> {
  const folder = resolve(directory);
  if (!existsSync(join(folder, FILES.server)))
    throw new AtollError(
      "IDENTITY_MISSING",
      `${folder} holds no server; make one with "atoll server init", or give the folder where it was made`,
    );
  const issuing: Issuing = { now, randomBytes };
  const authority = await readAuthority(
    {
      keyPem: mustRead(folder, FILES.authorityKey, readPrivateFile),
      certificatePem: mustRead(folder, FILES.authority, readIdentityFile),
    },
    issuing,
  );
  const key = signingKeyOf(
    mustRead(folder, FILES.signingKey, readPrivateFile),
    join(folder, FILES.signingKey),
  );
  const hosts = parseHosts(mustRead(folder, FILES.server, readIdentityFile), folder);
  let { tls, notAfterMs } = parseTls(mustRead(folder, FILES.tls, readPrivateFile), folder);
  const identity: ServerIdentity = {
    authority,
    key: { publicKey: key.publicKey, sign: key.sign },
    hosts,
    tls: () => tls,
    renew: async () => {
      if (now() < notAfterMs - RENEW_BEFORE_DAYS * DAY_MS) return false;
      const renewed = await authority.issueServerCertificate({ hosts });
      const text = renewed.keyPem() + renewed.certificatePem;
      writePrivateFile(join(folder, FILES.tls), text);
      ({ tls, notAfterMs } = parseTls(text, folder));
      return true;
    },
  };
  await identity.renew();
  return identity;
}

function mustRead(
  folder: string,
  name: string,
  read: (path: string) => string | undefined,
): string {
  const text = read(join(folder, name));
  if (text === undefined)
    throw new AtollError(
      "IDENTITY_DAMAGED",
      `${join(folder, name)} is missing; put the folder back from a backup, or make a server anew in another one and invite all clients again`,
    );
  return text;
}

function parseHosts(text: string, folder: string): readonly string[] {
  try {
    return serverFile.parse(JSON.parse(text)).hosts;
  } catch {
    throw new AtollError(
      "IDENTITY_DAMAGED",
      `${join(folder, FILES.server)} does not list the server's hosts; write {"hosts":["atoll.example.org"]} with its names into it`,
    );
  }
}

function parseTls(text: string, folder: string): { tls: TlsMaterial; notAfterMs: number } {
  const keys = dersOf("PRIVATE KEY", text);
  const certificates = dersOf("CERTIFICATE", text);
  try {
    const notAfterMs = new X509Certificate(certificates[0]!).validToDate.getTime();
    const keyPem = pemOf("PRIVATE KEY", keys[0]!);
    const certificatePem = certificates.map((der) => pemOf("CERTIFICATE", der)).join("");
    return { tls: { keyPem: () => keyPem, certificatePem }, notAfterMs };
  } catch {
    throw new AtollError(
      "IDENTITY_DAMAGED",
      `${join(folder, FILES.tls)} holds no key and certificate; put it back from a backup`,
    );
  }
}
