import { isIP } from "node:net";
import { AtollError } from "@atoll/core/errors";
import type { JsonGeneralNames } from "@peculiar/x509";

const DNS_NAME =
  /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Names and addresses as a server's certificate carries them: IDENTITY_REQUEST. */
export function serverNames(hosts: readonly string[]): JsonGeneralNames {
  if (hosts.length === 0)
    throw new AtollError(
      "IDENTITY_REQUEST",
      "a server's certificate needs a name or an address that clients reach it by; give at least one host",
    );
  return hosts.map((host) => {
    const bare = host.replace(/^\[(.*)\]$/, "$1");
    if (isIP(bare) !== 0) return { type: "ip", value: bare };
    if (host.length <= 253 && DNS_NAME.test(host)) return { type: "dns", value: host };
    throw new AtollError(
      "IDENTITY_REQUEST",
      `"${host}" is no host name and no IP address; give it without scheme, port and path, like atoll.example.org or 10.0.0.7`,
    );
  });
}
