import "reflect-metadata";
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { AtollError } from "@atoll/core/errors";
import { clientUri, commonName } from "./certificate-names.ts";
import { dersOf } from "./pem.ts";
import { rawPublicKey, type OwnKey } from "./signing-key.ts";

const LABEL = "CERTIFICATE REQUEST";
const MAX_REQUEST_BYTES = 4096;
const ED25519 = { name: "Ed25519" };

/** A request for a certificate (PEM), signed by the key that it is about. */
export async function makeRequest(key: OwnKey, client: string): Promise<string> {
  clientUri(client);
  const [pkcs8] = dersOf("PRIVATE KEY", key.toPem());
  const { subtle } = crypto;
  const keys = {
    privateKey: await subtle.importKey("pkcs8", pkcs8!, ED25519, false, ["sign"]),
    publicKey: await subtle.importKey("spki", Buffer.from(key.publicKey, "base64"), ED25519, true, [
      "verify",
    ]),
  };
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: commonName(client),
    keys,
    signingAlgorithm: ED25519,
  });
  return `${request.toString("pem")}\n`;
}

/**
 * The Ed25519 public key (SPKI, base64) that a request is about, after its signature was checked: IDENTITY_REQUEST.
 * Nothing else of a request counts; which client it is for is the server's to say.
 */
export async function publicKeyOfRequest(pem: string): Promise<string> {
  const [der, ...others] = pem.length > 2 * MAX_REQUEST_BYTES ? [] : dersOf(LABEL, pem);
  if (der === undefined || others.length > 0) throw badRequest("is not one PKCS10 request in PEM");
  let publicKey: string;
  let isSigned: boolean;
  try {
    const request = new Pkcs10CertificateRequest(der);
    publicKey = Buffer.from(request.publicKey.rawData).toString("base64");
    isSigned = rawPublicKey(publicKey) !== undefined && (await request.verify());
  } catch {
    throw badRequest("cannot be read");
  }
  if (rawPublicKey(publicKey) === undefined) throw badRequest("is not about an Ed25519 key");
  if (!isSigned) throw badRequest("is not signed by its own key");
  return publicKey;
}

function badRequest(what: string): AtollError {
  return new AtollError(
    "IDENTITY_REQUEST",
    `the request for a certificate ${what}; let "atoll client join" make it`,
  );
}
