import "reflect-metadata";
import { Name, SubjectAlternativeNameExtension, X509Certificate } from "@peculiar/x509";
import { AtollError } from "@atoll/core/errors";

const CLIENT_PREFIX = "atoll:client:";
const MAX_NAME_CHARACTERS = 200;
/** What X.509 grants a common name. */
const MAX_COMMON_NAME = 64;

/** Refuses names that no certificate can carry unchanged. */
export function checkClientName(client: string): void {
  if (client.length === 0 || client.length > MAX_NAME_CHARACTERS || !client.isWellFormed())
    throw new AtollError(
      "IDENTITY_REQUEST",
      `a client's name of ${client.length} characters cannot stand in a certificate; choose one of 1 to ${MAX_NAME_CHARACTERS} Unicode characters`,
    );
}

/** A client's name as a URI: the one that counts, as it holds any characters unchanged. */
export function clientUri(client: string): string {
  checkClientName(client);
  return CLIENT_PREFIX + encodeURIComponent(client);
}

/** A name for people who look at the certificate. */
export function commonName(name: string): Name {
  return new Name([{ CN: [{ utf8String: Array.from(name).slice(0, MAX_COMMON_NAME).join("") }] }]);
}

/**
 * The client that a certificate (DER) was issued to; undefined where it names none, or more than one. Says nothing
 * about who issued it: whoever asks has checked that before.
 */
export function clientOfCertificate(der: Uint8Array): string | undefined {
  try {
    const names = new X509Certificate(Buffer.from(der)).getExtension(
      SubjectAlternativeNameExtension,
    )?.names.items;
    const [name, ...others] = (names ?? []).filter(
      ({ type, value }) => type === "url" && value.startsWith(CLIENT_PREFIX),
    );
    if (name === undefined || others.length > 0) return undefined;
    const client = decodeURIComponent(name.value.slice(CLIENT_PREFIX.length));
    return clientUri(client) === name.value ? client : undefined;
  } catch {
    return undefined;
  }
}
