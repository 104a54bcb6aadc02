import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, generateSigningKey, makeRequest } from "../../identity/index.ts";
import type { NatsTls } from "./connection.ts";
import type { TlsFiles } from "./server-config.ts";

/** An authority with certificates for a broker and for whoever asks, in files and as text. */
export interface BrokerIdentities {
  /** Of the broker, for 127.0.0.1. */
  readonly broker: TlsFiles;
  readonly tlsOf: (client: string) => Promise<NatsTls>;
  /** The same, written into files. */
  readonly filesOf: (client: string) => Promise<TlsFiles>;
  readonly remove: () => Promise<void>;
}

/** As whom the coordinator comes to the broker in tests. */
export const COORDINATOR = "$coordinator";

export async function brokerIdentities(): Promise<BrokerIdentities> {
  const folder = await mkdtemp(join(tmpdir(), "atoll-nats-tls-"));
  const authority = await createAuthority({ now: Date.now, randomBytes });
  const ca = authority.certificatePem;
  let count = 0;

  const write = async (texts: NatsTls): Promise<TlsFiles> => {
    const at = (kind: string) => join(folder, `${count}.${kind}.pem`);
    count++;
    const files = { ca: at("ca"), cert: at("cert"), key: at("key") };
    await writeFile(files.ca, texts.ca);
    await writeFile(files.cert, texts.cert);
    await writeFile(files.key, texts.key, { mode: 0o600 });
    return files;
  };
  const tlsOf = async (client: string): Promise<NatsTls> => {
    const key = generateSigningKey();
    const request = await makeRequest(key, client);
    const { certificatePem } = await authority.issueClientCertificate(request, { client });
    return { ca, cert: certificatePem, key: key.toPem() };
  };
  const own = await authority.issueServerCertificate({ hosts: ["127.0.0.1"] });
  return {
    broker: await write({ ca, cert: own.certificatePem, key: own.keyPem() }),
    tlsOf,
    filesOf: async (client) => write(await tlsOf(client)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
