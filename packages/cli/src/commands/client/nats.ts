import type { ClientCarrier } from "@atoll/network/carriers";
import { connectNats } from "@atoll/network/carriers/nats";
import { readClientIdentity, type ClientIdentity } from "@atoll/network/identity";

/** Above the longest poll. */
const TIMEOUT_MS = 60_000;

/** The client's way through NATS, with its certificate as it is at each connection. */
export function natsCarrier(
  directory: string,
  servers: readonly string[],
): (identity: ClientIdentity) => Promise<ClientCarrier> {
  return ({ client }) =>
    connectNats({
      servers,
      client,
      timeoutMs: TIMEOUT_MS,
      tls: () => {
        const { authorityPem, tls } = readClientIdentity(directory);
        const { certificatePem, keyPem } = tls();
        return { ca: authorityPem, cert: certificatePem, key: keyPem() };
      },
    });
}
