import { lookup as lookupName } from "node:dns/promises";
import { once } from "node:events";
import { request } from "node:https";
import { connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Check, type Finding, messageOf } from "../check.ts";

/** What a client shows and trusts, as PEM. */
export interface TlsIdentity {
  /** Undefined: whom the machine trusts, for a server behind a proxy that ends TLS. */
  readonly authority: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsIdentity;
  /** For each step. Default: 10000. */
  readonly limitMs?: number;
  /** Default: as this machine looks names up. */
  readonly lookup?: (host: string) => Promise<readonly { readonly address: string }[]>;
}

/** The way to the server step by step: name, TCP, TLS, HTTP. A step after one that failed is not tried. */
export function connectionChecks(target: ConnectionTarget): Check[] {
  const steps = [
    ["dns", dns],
    ["tcp", tcp],
    ["tls", tls],
    ["http", http],
  ] as const;
  const begun: Promise<Finding>[] = [];
  const nth = (i: number): Promise<Finding> => (begun[i] ??= tryStep(i));
  const tryStep = async (i: number): Promise<Finding> => {
    if (i > 0 && !(await nth(i - 1)).ok)
      return { ok: false, finding: `not tried, as ${steps[i - 1]![0]} failed` };
    return steps[i]![1](target);
  };
  return steps.map(([name], i) => ({ name, run: () => nth(i) }));
}

async function dns({ host, lookup = lookupAll }: ConnectionTarget): Promise<Finding> {
  if (isIP(host) !== 0) return { ok: true, finding: `${host} is an address, no name to look up` };
  try {
    const found = await lookup(host);
    return { ok: true, finding: `${host} is ${found.map(({ address }) => address).join(", ")}` };
  } catch (error) {
    return {
      ok: false,
      finding: `the name ${host} cannot be resolved: ${messageOf(error)}`,
      advice: "check the server's name, and this machine's DNS",
    };
  }
}

const lookupAll = (host: string) => lookupName(host, { all: true });

async function tcp(target: ConnectionTarget): Promise<Finding> {
  const { host, port } = target;
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: limitOf(target) });
    return { ok: true, finding: `${host} takes connections on port ${port}` };
  } catch (error) {
    return {
      ok: false,
      finding: `${host} port ${port} takes no connection: ${isLate(error) ? "nobody answered" : messageOf(error)}`,
      advice: isLate(error)
        ? `a firewall may be in between: let this machine go out to port ${port}`
        : "is `atoll server run` running there, on this port?",
    };
  } finally {
    socket.destroy();
  }
}

async function tls(target: ConnectionTarget): Promise<Finding> {
  const { host, port } = target;
  const socket = connectTls({ ...secureOptions(target), host, port });
  socket.on("error", () => {});
  try {
    await once(socket, "secureConnect", { signal: limitOf(target) });
    return {
      ok: true,
      finding: `${socket.getProtocol()}, with a certificate that this client trusts`,
    };
  } catch (error) {
    return { ok: false, ...tlsFailure(error, target) };
  } finally {
    socket.destroy();
  }
}

function tlsFailure(error: unknown, { host, port }: ConnectionTarget): Omit<Finding, "ok"> {
  const code = String((error as { readonly code?: unknown }).code);
  const finding = `no TLS with ${host} port ${port}: ${isLate(error) ? "nobody answered" : messageOf(error)}`;
  if (/CERT_HAS_EXPIRED/.test(code))
    return {
      finding: `the certificate of ${host} has expired`,
      advice:
        "the server's operator renews it by starting the server again; is this machine's clock right?",
    };
  if (/CERT_NOT_YET_VALID/.test(code))
    return {
      finding: `the certificate of ${host} does not hold yet`,
      advice: "set this machine's clock, best by NTP",
    };
  if (/ALTNAME/.test(code))
    return {
      finding: `the certificate of ${host} port ${port} is for another name`,
      advice:
        "reach the server by a name that it was initialised with: atoll server init --host NAME",
    };
  if (/SELF_SIGNED|UNABLE_TO|ISSUER|SIGNATURE|CERT_/.test(code))
    return {
      finding: `the certificate of ${host} port ${port} is of another authority than this client trusts (${code})`,
      advice:
        "another server answers there, or a proxy that opens TLS: let it pass TLS through, or join again",
    };
  return {
    finding,
    advice: "another program may listen there, or a proxy in between: let it pass TLS through",
  };
}

async function http(target: ConnectionTarget): Promise<Finding> {
  const { host, port } = target;
  try {
    return {
      ok: true,
      finding: `${host} answers over HTTP, with status ${await statusOf(target)}`,
    };
  } catch (error) {
    return {
      ok: false,
      finding: `${host} port ${port} does not answer over HTTP: ${isLate(error) ? "nobody answered" : messageOf(error)}`,
      advice:
        "what is behind it may be down, or refuse this client's certificate: ask the server's operator",
    };
  }
}

/** The status of an answer; which one does not matter. */
async function statusOf(target: ConnectionTarget): Promise<number> {
  const { host, port } = target;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(
    { ...secureOptions(target), host, port, path: "/", agent: false, signal: limitOf(target) },
    (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    },
  );
  asked.on("error", reject);
  asked.end();
  return promise;
}

function secureOptions({ host, tls: { authority, certificate, key } }: ConnectionTarget) {
  return {
    ...(authority !== undefined && { ca: authority }),
    minVersion: "TLSv1.3" as const,
    cert: certificate,
    key,
    ...(isIP(host) === 0 && { servername: host }),
  };
}

function limitOf({ limitMs = 10_000 }: ConnectionTarget): AbortSignal {
  return AbortSignal.timeout(limitMs);
}

function isLate(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "TimeoutError" || error.name === "AbortError" || isTimedOut(error);
}

function isTimedOut(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ETIMEDOUT";
}
