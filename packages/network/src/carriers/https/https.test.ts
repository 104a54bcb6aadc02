import { carrierLaws } from "../carrier.laws.ts";
import { connectHttps } from "./client.ts";
import { enrolled, serveAt, temporaryServer } from "./https.fixture.ts";

carrierLaws("HTTPS", async () => {
  const { identity, remove } = await temporaryServer();
  const authorityPem = identity.authority.certificatePem;
  // A port that is free now and stays this server's.
  const first = await serveAt(identity, async (_, frame) => frame);
  const { port, address } = first;
  await first.close();
  return {
    serve: (handler) => serveAt(identity, handler, { port }),
    connect: async (client) => {
      const material = await enrolled(identity.authority, client);
      return connectHttps({ url: address, authorityPem, identity: () => material });
    },
    stranger: async () => connectHttps({ url: address, authorityPem }),
    close: async () => remove(),
  };
});
