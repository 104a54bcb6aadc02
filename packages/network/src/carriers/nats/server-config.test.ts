import { expect, test } from "vitest";
import { natsServerConfig } from "./server-config.ts";

const files = (name: string) => ({
  ca: "/k/ca.pem",
  cert: `/k/${name}.pem`,
  key: `/k/${name}.key`,
});

test("one user for each client, each with the subjects of its name", () => {
  expect(
    natsServerConfig({
      port: 4222,
      name: "hub",
      tls: files("broker"),
      clients: ["de", "größe *"],
      serverUser: "atoll:server",
      jetstream: { folder: "/var/lib/nats", maxBytes: 1000 },
      leaves: { port: 7422, regions: [{ user: "atoll:leaf", clients: ["a", "b"] }] },
      websocket: { port: 443 },
      cluster: { name: "c", port: 6222, routes: ["tls://two:6222"], tls: files("route") },
    }),
  ).toMatchInlineSnapshot(`
    "host: "0.0.0.0"
    port: 4222
    server_name: "hub"
    max_payload: 2097152
    max_control_line: 8192
    tls { cert_file: "/k/broker.pem", key_file: "/k/broker.key", ca_file: "/k/ca.pem", verify_and_map: true, timeout: 5 }
    authorization {
      timeout: 5
      users: [
        { user: "atoll:server", permissions: { publish: ["atoll.down.>", "$JS.API.STREAM.*.ATOLL_UP", "$JS.API.CONSUMER.*.ATOLL_UP.coordinator", "$JS.API.CONSUMER.DURABLE.CREATE.ATOLL_UP.coordinator", "$JS.API.CONSUMER.CREATE.ATOLL_UP.>", "$JS.API.CONSUMER.MSG.NEXT.ATOLL_UP.coordinator", "$JS.ACK.ATOLL_UP.>"], subscribe: ["atoll.gone.*", "_INBOX_server.>"] } }
        { user: "atoll:client:de", permissions: { publish: ["atoll.up.6465", "atoll.gone.6465"], subscribe: ["atoll.down.6465.>", "_INBOX_6465.>"] } }
        { user: "atoll:client:gr%C3%B6%C3%9Fe%20*", permissions: { publish: ["atoll.up.6772c3b6c39f65202a", "atoll.gone.6772c3b6c39f65202a"], subscribe: ["atoll.down.6772c3b6c39f65202a.>", "_INBOX_6772c3b6c39f65202a.>"] } }
        { user: "atoll:leaf", permissions: { publish: ["atoll.up.61", "atoll.gone.61", "atoll.up.62", "atoll.gone.62"], subscribe: ["atoll.down.61.>", "_INBOX_61.>", "atoll.down.62.>", "_INBOX_62.>"] } }
      ]
    }
    jetstream { store_dir: "/var/lib/nats", max_file_store: 1000 }
    leafnodes {
      host: "0.0.0.0"
      port: 7422
      tls { cert_file: "/k/broker.pem", key_file: "/k/broker.key", ca_file: "/k/ca.pem", verify_and_map: true, timeout: 5 }
    }
    websocket { host: "0.0.0.0", port: 443, tls { cert_file: "/k/broker.pem", key_file: "/k/broker.key", ca_file: "/k/ca.pem", verify_and_map: true, timeout: 5 } }
    cluster { name: "c", host: "0.0.0.0", port: 6222, routes: ["tls://two:6222"], tls { cert_file: "/k/route.pem", key_file: "/k/route.key", ca_file: "/k/ca.pem", timeout: 5 } }
    "
  `);
});

test("a leaf node keeps nothing and dials its hub", () => {
  expect(
    natsServerConfig({
      host: "10.0.0.7",
      port: 4222,
      clients: [],
      hub: { urls: ["wss://hub.example:443"], tls: files("leaf") },
    }),
  ).toMatchInlineSnapshot(`
    "host: "10.0.0.7"
    port: 4222
    max_payload: 2097152
    max_control_line: 8192
    leafnodes {
      remotes: [ { urls: ["wss://hub.example:443"], tls { cert_file: "/k/leaf.pem", key_file: "/k/leaf.key", ca_file: "/k/ca.pem" } } ]
    }
    "
  `);
});
