import type { TLSSocket } from "node:tls";
import { clientOfCertificate } from "../../identity/index.ts";
import type { CertificateRefusal } from "./limits.ts";

export type HttpsCaller =
  | { readonly kind: "client"; readonly client: string }
  /** Shows no certificate: a silo that wants to join, or one behind a proxy. */
  | { readonly kind: "stranger" }
  | { readonly kind: "refused"; readonly refusal: CertificateRefusal };

interface Presented {
  readonly client: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Says of connections who is at their other end, by the certificate that TLS has checked. */
export function createCallers(now: () => number): (socket: TLSSocket) => HttpsCaller {
  const known = new WeakMap<TLSSocket, Presented>();
  return (socket) => {
    const presented = known.get(socket) ?? presentedBy(socket);
    if (presented === undefined) return { kind: "stranger" };
    known.set(socket, presented);
    // A connection may outlive its certificate.
    const refusal = refusalOf(socket, presented, now());
    if (refusal !== undefined) return { kind: "refused", refusal };
    if (presented.client === undefined) return { kind: "refused", refusal: "unknown-authority" };
    return { kind: "client", client: presented.client };
  };
}

function presentedBy(socket: TLSSocket): Presented | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    client: clientOfCertificate(certificate.raw),
    fromMs: certificate.validFromDate.getTime(),
    untilMs: certificate.validToDate.getTime(),
  };
}

function refusalOf(
  socket: TLSSocket,
  { fromMs, untilMs }: Presented,
  nowMs: number,
): CertificateRefusal | undefined {
  if (!socket.authorized) {
    // The types call it an error; it is a code.
    switch (String(socket.authorizationError)) {
      case "CERT_HAS_EXPIRED":
        return "expired";
      case "CERT_NOT_YET_VALID":
        return "not-yet-valid";
      default:
        return "unknown-authority";
    }
  }
  if (nowMs >= untilMs) return "expired";
  return nowMs < fromMs ? "not-yet-valid" : undefined;
}
