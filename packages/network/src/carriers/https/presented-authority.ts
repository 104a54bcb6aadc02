import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate } from "node:tls";
import type { AtollError } from "@atoll/core/errors";
import { fingerprintOf, pemOf } from "../../identity/index.ts";
import { carrierFailed, connectionFailed } from "./causes.ts";

const MAX_CHAIN = 8;

/**
 * The certificate (PEM) with this fingerprint, out of the chain that a server presents. Nothing is believed but the
 * fingerprint: whether the server itself is of that authority, the next connection finds out as any does.
 */
export async function presentedAuthority(
  url: URL,
  {
    fingerprint,
    signal,
    connectMs,
  }: {
    readonly fingerprint: string;
    readonly signal: AbortSignal;
    readonly connectMs: number;
  },
): Promise<string> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port || 443),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      minVersion: "TLSv1.3",
      rejectUnauthorized: false,
    });
    const stop = () => end(signal.reason as Error);
    const end = (result: string | Error) => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      if (typeof result === "string") resolve(result);
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      else reject(result);
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.setTimeout(connectMs, () => end(connectionFailed(url, { code: "ETIMEDOUT" })));
    socket.once("error", (error) => end(connectionFailed(url, error)));
    socket.once("close", () => end(connectionFailed(url, { code: "ECONNRESET" })));
    socket.once("secureConnect", () => {
      const found = chainOf(socket.getPeerCertificate(true)).find(
        (der) => fingerprintOf(der) === fingerprint,
      );
      end(found === undefined ? notPresented(url) : pemOf("CERTIFICATE", found));
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = leaf;
  // A self-signed certificate is its own issuer.
  while (certificate?.raw !== undefined && chain.length < MAX_CHAIN) {
    chain.push(certificate.raw);
    if (certificate.issuerCertificate === certificate) break;
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

function notPresented(url: URL): AtollError {
  return carrierFailed(
    url,
    "the server is not of the authority that the invitation names: another server answers there, something opens the connection on the way, or the server was made anew; ask its operator for another invitation",
  );
}
