import { join } from "node:path";
import { natsServerConfig, type NatsTls } from "@atoll/network/carriers/nats";
import { clientUri } from "@atoll/network/identity";
import {
  brokerIdentities,
  COORDINATOR,
} from "../../packages/network/src/carriers/nats/broker-identities.fixture.ts";
import { startNats } from "../../packages/network/src/carriers/nats/nats.fixture.ts";

/** A NATS server with JetStream, TLS and everybody's permissions. */
export interface Broker {
  readonly servers: readonly string[];
  /** Of a client; undefined: of the coordinator. */
  readonly tlsOf: (client: string | undefined) => Promise<NatsTls>;
  readonly stop: () => Promise<void>;
}

/** Undefined where this machine has no nats-server. */
export async function startBroker(clients: readonly string[]): Promise<Broker | undefined> {
  const identities = await brokerIdentities();
  const nats = await startNats(({ port, folder }) =>
    natsServerConfig({
      host: "127.0.0.1",
      port,
      tls: identities.broker,
      clients,
      serverUser: clientUri(COORDINATOR),
      jetstream: { folder: join(folder, "js") },
    }),
  );
  if (nats === undefined) {
    await identities.remove();
    return undefined;
  }
  return {
    servers: [nats.url],
    tlsOf: (client) => identities.tlsOf(client ?? COORDINATOR),
    stop: async () => {
      await nats.stop();
      await identities.remove();
    },
  };
}
