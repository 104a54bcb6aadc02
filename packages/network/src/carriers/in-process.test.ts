import { carrierLaws } from "./carrier.laws.ts";
import { createInProcessCarrier } from "./in-process.ts";

carrierLaws("in-process", async () => {
  const carrier = createInProcessCarrier();
  return {
    serve: async (handler) => carrier.serve(handler),
    connect: async (client) => carrier.connect(client),
    stranger: async () => carrier.connect(undefined),
    close: async () => {},
  };
});
