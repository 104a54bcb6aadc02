import { AtollError } from "@atoll/core/errors";
import type { CertificateRefusal } from "./limits.ts";

interface Cause {
  readonly codes: RegExp;
  readonly says: string;
}

/** What the codes of Node and OpenSSL mean to somebody who runs a silo, and the way out. */
const CAUSES: readonly Cause[] = [
  {
    codes: /^ECONNREFUSED$/,
    says: "nothing listens there; start the server, or check host and port",
  },
  {
    codes: /^(ENOTFOUND|EAI_AGAIN)$/,
    says: "the host's name is not known here; check it, and this machine's name service",
  },
  {
    codes: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/,
    says: "the network does not lead there; check that a firewall lets this machine out to it",
  },
  {
    codes: /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/,
    says: "the connection was cut; the server may be restarting",
  },
  {
    codes: /^CERT_HAS_EXPIRED$/,
    says: "the server's certificate has expired; check this machine's clock, and let the server run, which renews it",
  },
  {
    codes: /^CERT_NOT_YET_VALID$/,
    says: "the server's certificate is not valid yet; check this machine's clock",
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    says: "the server's certificate is of another host name; use an address that it is for, or let the server's operator add this one",
  },
  {
    codes:
      /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA|INVALID_PURPOSE)$/,
    says: "the server shows a certificate of another authority than the one that this silo trusts: another server answers there, something opens the connection on the way, or the server was made anew; ask its operator, and join with another invitation",
  },
  {
    codes: /^(EPROTO|ERR_SSL_\w+)$/,
    says: "what answers there does not speak TLS 1.3 as Atoll does; check host and port",
  },
];

/** What to tell about an error of a connection. The error itself stays behind: it holds whole certificates. */
export function connectionFailed(url: URL, error: unknown): AtollError {
  const code = codeOf(error);
  const cause = CAUSES.find(({ codes }) => codes.test(code));
  return carrierFailed(url, `${cause?.says ?? "the connection failed; try again"} (${code})`);
}

const REFUSALS: Readonly<Record<CertificateRefusal, string>> = {
  expired:
    "the server says that this silo's certificate has expired; ask its operator for an invitation, and join again",
  "not-yet-valid":
    "the server says that this silo's certificate is not valid yet; check the clocks of both machines",
  "unknown-authority":
    "the server says that this silo's certificate is of another authority, or of no client; ask its operator for an invitation, and join again",
};

export function certificateRefused(url: URL, refusal: CertificateRefusal): AtollError {
  return carrierFailed(url, REFUSALS[refusal]);
}

export function carrierFailed(url: URL, what: string): AtollError {
  return new AtollError("CARRIER_FAILED", `no answer from ${url.origin}: ${what}`);
}

function codeOf(error: unknown): string {
  const code: unknown = (error as { readonly code?: unknown } | undefined)?.code;
  // Names that resolve to several addresses fail as a whole.
  if (code === undefined && error instanceof AggregateError) return codeOf(error.errors[0]);
  return typeof code === "string" ? code : "no code";
}
