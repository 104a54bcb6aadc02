import "reflect-metadata";
import { createHash } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type Name,
} from "@peculiar/x509";
import { AtollError } from "@atoll/core/errors";
import { clientUri, commonName } from "./certificate-names.ts";
import { publicKeyOfRequest } from "./certificate-request.ts";
import { serverNames } from "./hosts.ts";
import { dersOf, pemOf } from "./pem.ts";

const DAY_MS = 86_400_000;
export const AUTHORITY_DAYS = 3652;
export const SERVER_CERTIFICATE_DAYS = 365;
export const CLIENT_CERTIFICATE_DAYS = 90;
/** Certificates hold from a day before they are made, for machines whose clocks are late. */
const BACKDATED_MS = DAY_MS;

/** ECDSA on P-256: what every TLS library, proxy and browser takes. */
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const P256_SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** What certificates are made with: time in ms, and randomness for serial numbers. */
export interface Issuing {
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** A private key and its certificate, as TLS wants them. Printing it shows no key. */
export interface TlsMaterial {
  /** PKCS8, PEM: a secret. */
  readonly keyPem: () => string;
  /** PEM; a server's is followed by its authority's. */
  readonly certificatePem: string;
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** Hex. */
  readonly serial: string;
  /** SPKI, base64. */
  readonly publicKey: string;
  readonly notAfterMs: number;
}

/** Signs certificates of one server and of its clients, and of nobody else. */
export interface Authority {
  readonly certificatePem: string;
  /** SHA-256 of the certificate's DER, in hex: what an invitation pins. */
  readonly fingerprint: string;
  /** Makes a key for TLS along with its certificate, good for these names and addresses. */
  readonly issueServerCertificate: (options: {
    readonly hosts: readonly string[];
    readonly days?: number;
  }) => Promise<TlsMaterial>;
  /** Answers a request (PEM) with a certificate for `client`: IDENTITY_REQUEST. */
  readonly issueClientCertificate: (
    request: string,
    options: { readonly client: string; readonly days?: number },
  ) => Promise<IssuedCertificate>;
  /** The authority's own key (PKCS8, PEM): a secret. */
  readonly keyPem: () => string;
}

export async function createAuthority(issuing: Issuing): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(issuing),
    // Part of the name is random: certificates of two authorities are told apart by their issuers' names.
    name: commonName(`Atoll authority ${Buffer.from(issuing.randomBytes(4)).toString("hex")}`),
    ...validity(issuing.now(), AUTHORITY_DAYS),
    keys,
    signingAlgorithm: P256_SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authorityOf(
    { certificate, privateKey: keys.privateKey, keyPem: await keyPemOf(keys) },
    issuing,
  );
}

/** An authority whose key and certificate were written down: IDENTITY_DAMAGED. */
export async function readAuthority(
  written: { readonly keyPem: string; readonly certificatePem: string },
  issuing: Issuing,
): Promise<Authority> {
  try {
    const [pkcs8] = dersOf("PRIVATE KEY", written.keyPem);
    const [der] = dersOf("CERTIFICATE", written.certificatePem);
    const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8!, P256, true, ["sign"]);
    const certificate = new X509Certificate(der!);
    return authorityOf({ certificate, privateKey, keyPem: written.keyPem }, issuing);
  } catch {
    throw new AtollError(
      "IDENTITY_DAMAGED",
      "the authority's key or certificate cannot be read; put both back from a backup",
    );
  }
}

function authorityOf(
  authority: {
    readonly certificate: X509Certificate;
    readonly privateKey: CryptoKey;
    readonly keyPem: string;
  },
  issuing: Issuing,
): Authority {
  const { certificate, privateKey, keyPem } = authority;
  const certificatePem = pemOf("CERTIFICATE", new Uint8Array(certificate.rawData));

  async function issue(subject: {
    readonly name: Name;
    readonly publicKey: CryptoKey;
    readonly days: number;
    readonly extensions: readonly Extension[];
  }): Promise<X509Certificate> {
    const { notBefore, notAfter } = validity(issuing.now(), subject.days);
    return X509CertificateGenerator.create({
      serialNumber: serialNumber(issuing),
      subject: subject.name,
      issuer: certificate.subjectName,
      notBefore,
      // Nothing outlives the authority.
      notAfter: notAfter < certificate.notAfter ? notAfter : certificate.notAfter,
      signingKey: privateKey,
      publicKey: subject.publicKey,
      signingAlgorithm: P256_SIGNATURE,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        ...subject.extensions,
        await SubjectKeyIdentifierExtension.create(subject.publicKey),
        await AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      ],
    });
  }

  return {
    certificatePem,
    fingerprint: fingerprintOf(new Uint8Array(certificate.rawData)),
    keyPem: () => keyPem,
    issueServerCertificate: async ({ hosts, days = SERVER_CERTIFICATE_DAYS }) => {
      const names = serverNames(hosts);
      const keys = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
      const issued = await issue({
        name: commonName(hosts[0]!),
        publicKey: keys.publicKey,
        days,
        extensions: [
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(names),
        ],
      });
      const serverKeyPem = await keyPemOf(keys);
      return {
        keyPem: () => serverKeyPem,
        certificatePem: pemOf("CERTIFICATE", new Uint8Array(issued.rawData)) + certificatePem,
      };
    },
    issueClientCertificate: async (request, { client, days = CLIENT_CERTIFICATE_DAYS }) => {
      const uri = clientUri(client);
      const publicKey = await publicKeyOfRequest(request);
      const issued = await issue({
        name: commonName(client),
        publicKey: await crypto.subtle.importKey(
          "spki",
          Buffer.from(publicKey, "base64"),
          { name: "Ed25519" },
          true,
          ["verify"],
        ),
        days,
        extensions: [
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension([{ type: "url", value: uri }]),
        ],
      });
      return {
        certificatePem: pemOf("CERTIFICATE", new Uint8Array(issued.rawData)),
        serial: issued.serialNumber,
        publicKey,
        notAfterMs: issued.notAfter.getTime(),
      };
    },
  };
}

/** SHA-256 of bytes in DER, in hex. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

/** 128 random bits, made a positive number whose first byte is not zero. */
function serialNumber({ randomBytes }: Issuing): string {
  const bytes = Uint8Array.from(randomBytes(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

function validity(nowMs: number, days: number): { notBefore: Date; notAfter: Date } {
  // Certificates know no parts of a second.
  const seconds = Math.floor(nowMs / 1000) * 1000;
  return {
    notBefore: new Date(seconds - BACKDATED_MS),
    notAfter: new Date(seconds + days * DAY_MS),
  };
}

async function keyPemOf({ privateKey }: CryptoKeyPair): Promise<string> {
  return pemOf("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)));
}
