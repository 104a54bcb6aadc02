import { join } from "node:path";
import { PermissionViolationError, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { clientUri } from "../../identity/certificate-names.ts";
import {
  COORDINATOR,
  brokerIdentities,
  type BrokerIdentities,
} from "./broker-identities.fixture.ts";
import { askAgain, patience, text, until, utf8, whoami } from "./calls.fixture.ts";
import { connectNats } from "./connect-nats.ts";
import { dial, type NatsTls } from "./connection.ts";
import { downSubject, goneSubject, inboxPrefix, upSubject } from "./names.ts";
import { findNats, freePort, startNats, type NatsSpot, type TestNats } from "./nats.fixture.ts";
import { serveNats } from "./serve-nats.ts";
import { natsServerConfig, type NatsServerConfig } from "./server-config.ts";

const LEAF = "$leaf eu";

describe.skipIf(findNats() === undefined)("identities, with nats-server on this machine", () => {
  let identities: BrokerIdentities;
  let coordinator: NatsTls;
  const opened: { close: () => Promise<unknown> }[] = [];

  beforeAll(async () => {
    identities = await brokerIdentities();
    coordinator = await identities.tlsOf(COORDINATOR);
  });
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  });
  afterAll(() => identities.remove());

  const hubConfig = (
    { port, folder }: NatsSpot,
    more: Partial<NatsServerConfig> & { readonly clients: readonly string[] },
  ) =>
    natsServerConfig({
      host: "127.0.0.1",
      port,
      tls: identities.broker,
      serverUser: clientUri(COORDINATOR),
      jetstream: { folder: join(folder, "js") },
      ...more,
    });
  async function start(config: (spot: NatsSpot) => string): Promise<TestNats> {
    const nats = (await startNats(config))!;
    opened.push({ close: nats.stop });
    return nats;
  }
  async function serve(nats: TestNats): Promise<void> {
    const place = { servers: [nats.url], reconnectWaitMs: 20 };
    opened.push(await serveNats({ ...place, handler: whoami, tls: () => coordinator }));
  }
  async function connect(nats: TestNats, { as, tls }: { as: string; tls: () => NatsTls }) {
    const place = { servers: [nats.url], reconnectWaitMs: 20, connectTimeoutMs: 1000 };
    const carrier = await connectNats({ ...place, client: as, timeoutMs: 5000, tls });
    opened.push(carrier);
    return carrier;
  }

  test("a client may use its own subjects and no others", async () => {
    const nats = await start((spot) => hubConfig(spot, { clients: ["de", "fr"] }));
    await serve(nats);
    const tls = await identities.tlsOf("de");
    const raw = await dial(
      { servers: [nats.url], tls: () => tls },
      { name: "raw", inboxPrefix: inboxPrefix("de") },
    );
    opened.push(raw);
    const refused = refusals(raw);
    const subscribed = [
      downSubject("fr", ">"),
      `${inboxPrefix("fr")}.>`,
      "atoll.>",
      ">",
      "_INBOX.>",
    ];
    const published = [
      upSubject("fr"),
      goneSubject("fr"),
      downSubject("fr", "guess.1"),
      downSubject("de", "guess.1"),
      "$JS.API.STREAM.DELETE.ATOLL_UP",
      "$JS.API.STREAM.INFO.ATOLL_UP",
    ];
    for (const subject of subscribed) raw.subscribe(subject, { callback: () => {} });
    for (const subject of published) raw.publish(subject, utf8("hello"));
    raw.subscribe(downSubject("de", ">"), { callback: () => {} });
    raw.publish(upSubject("de"), utf8("no call"));
    await raw.flush();
    await until(() => refused.length >= subscribed.length + published.length);
    expect(refused.toSorted()).toEqual(
      [
        ...subscribed.map((subject) => `subscription ${subject}`),
        ...published.map((subject) => `publish ${subject}`),
      ].toSorted(),
    );
  });

  test("a certificate of one client does not carry calls of another", async () => {
    const nats = await start((spot) => hubConfig(spot, { clients: ["de", "fr"] }));
    await serve(nats);
    const [de, fr] = [await identities.tlsOf("de"), await identities.tlsOf("fr")];
    const liar = await connect(nats, { as: "fr", tls: () => de });
    await expect(liar.call(utf8("q"), patience())).rejects.toMatchObject({
      code: "CARRIER_FAILED",
      message: expect.stringContaining("does not let this certificate"),
    });
    const honest = await connect(nats, { as: "fr", tls: () => fr });
    expect(await askAgain(honest, "q")).toBe("fr asked q");
  });

  test("enrolment and revocation take effect when the broker reads its configuration anew", async () => {
    const nats = await start((spot) => hubConfig(spot, { clients: ["de"] }));
    await serve(nats);
    const [deTls, frTls] = [await identities.tlsOf("de"), await identities.tlsOf("fr")];
    const de = await connect(nats, { as: "de", tls: () => deTls });
    const fr = await connect(nats, { as: "fr", tls: () => frTls });
    expect(await askAgain(de, "1")).toBe("de asked 1");
    await expect(fr.call(utf8("2"), patience())).rejects.toThrow(/Authorization Violation/);
    await nats.reload(hubConfig(nats, { clients: ["de", "fr"] }));
    expect(await askAgain(fr, "3")).toBe("fr asked 3");
    await nats.reload(hubConfig(nats, { clients: ["fr"] }));
    await until(() =>
      de.call(utf8("4"), patience()).then(
        () => false,
        () => true,
      ),
    );
    await expect(de.call(utf8("5"), patience())).rejects.toMatchObject({ code: "CARRIER_FAILED" });
    expect(text(await fr.call(utf8("6"), patience()))).toBe("fr asked 6");
  });

  test("certificates are asked for at every connection; those of another authority open nothing", async () => {
    const nats = await start((spot) => hubConfig(spot, { clients: ["de"] }));
    await serve(nats);
    const others = await brokerIdentities();
    const [own, forged] = [await identities.tlsOf("de"), await others.tlsOf("de")];
    let tls = { ...forged, ca: own.ca };
    const client = await connect(nats, { as: "de", tls: () => tls });
    await expect(client.call(utf8("1"), patience())).rejects.toThrow(/of another authority/);
    tls = own;
    expect(await askAgain(client, "2")).toBe("de asked 2");
    const deceived = await connect(nats, { as: "de", tls: () => ({ ...own, ca: forged.ca }) });
    await expect(deceived.call(utf8("3"), patience())).rejects.toThrow(/self-signed certificate/);
    await others.remove();
  });

  test.each(["tls", "wss"] as const)(
    "clients at a leaf node, which dials the hub over %s, reach the coordinator; it speaks for its own alone",
    async (scheme) => {
      const [leafPort, webPort] = [await freePort(), await freePort()];
      const hub = await start((spot) =>
        hubConfig(spot, {
          clients: ["fr"],
          leaves: {
            host: "127.0.0.1",
            port: leafPort,
            regions: [{ user: clientUri(LEAF), clients: ["de"] }],
          },
          websocket: { host: "127.0.0.1", port: webPort },
        }),
      );
      await serve(hub);
      const tls = await identities.filesOf(LEAF);
      const port = scheme === "tls" ? leafPort : webPort;
      const leaf = await start((spot) =>
        natsServerConfig({
          host: "127.0.0.1",
          port: spot.port,
          tls: identities.broker,
          clients: ["de", "fr"],
          hub: { urls: [`${scheme}://127.0.0.1:${port}`], tls },
        }),
      );
      const [deTls, frTls] = [await identities.tlsOf("de"), await identities.tlsOf("fr")];
      const de = await connect(leaf, { as: "de", tls: () => deTls });
      expect(await askAgain(de, "1")).toBe("de asked 1");
      const chunk = new Uint8Array(2 ** 20).fill(97);
      expect((await de.call(chunk, patience())).length).toBe(2 ** 20 + "de asked ".length);
      const fr = await connect(leaf, { as: "fr", tls: () => frTls });
      await expect(fr.call(utf8("2"), patience())).rejects.toMatchObject({
        code: "CARRIER_FAILED",
      });
      const frAtHub = await connect(hub, { as: "fr", tls: () => frTls });
      expect(await askAgain(frAtHub, "3")).toBe("fr asked 3");
    },
  );
});

/** What the broker refuses on a connection from now on. */
function refusals(connection: NatsConnection): string[] {
  const refused: string[] = [];
  void (async () => {
    for await (const status of connection.status())
      if (status.type === "error" && status.error instanceof PermissionViolationError)
        refused.push(`${status.error.operation} ${status.error.subject}`);
  })();
  return refused;
}
