import { join } from "node:path";
import { describe } from "vitest";
import { clientUri } from "../../identity/certificate-names.ts";
import { carrierLaws } from "../carrier.laws.ts";
import { COORDINATOR, brokerIdentities } from "./broker-identities.fixture.ts";
import { connectNats } from "./connect-nats.ts";
import { findNats, startNats } from "./nats.fixture.ts";
import { serveNats } from "./serve-nats.ts";
import { natsServerConfig } from "./server-config.ts";

describe.skipIf(findNats() === undefined)("with nats-server on this machine", () => {
  carrierLaws("NATS, with certificates and permissions", async () => {
    const identities = await brokerIdentities();
    const nats = (await startNats(({ port, folder }) =>
      natsServerConfig({
        host: "127.0.0.1",
        port,
        tls: identities.broker,
        clients: ["de", "fr", "north sea.1", "größe *>/%"],
        serverUser: clientUri(COORDINATOR),
        jetstream: { folder: join(folder, "js") },
      }),
    ))!;
    const coordinator = await identities.tlsOf(COORDINATOR);
    const place = { servers: [nats.url], reconnectWaitMs: 20 };
    return {
      serve: (handler) => serveNats({ ...place, handler, tls: () => coordinator }),
      connect: async (client) => {
        const tls = await identities.tlsOf(client);
        return connectNats({ ...place, client, timeoutMs: 1500, tls: () => tls });
      },
      stranger: () => undefined,
      restartServer: nats.restart,
      close: async () => {
        await nats.stop();
        await identities.remove();
      },
    };
  });
});
