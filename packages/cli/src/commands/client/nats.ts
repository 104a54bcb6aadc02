import type { ClientCarrier } from "@atoll/network/carriers";
import { connectNats } from "@atoll/network/carriers/nats";
import { readClientIdentity, type ClientIdentity } from "@atoll/network/identity";
import { word } from "../deployment-flags.ts";

/** Above the longest poll. */
const TIMEOUT_MS = 60_000;

export const natsFlag = {
  kind: "parsed",
  parse: word,
  variadic: ",",
  optional: true,
  brief: "reach the server through these NATS servers and not over HTTPS: nats.example.org:4222",
  placeholder: "URL",
} as const;

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
