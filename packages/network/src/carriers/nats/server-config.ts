import { clientUri } from "../../identity/certificate-names.ts";
import { clientRights, serverRights, type Rights } from "./rights.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface NatsServerConfig {
  readonly host?: string;
  readonly port: number;
  /** Has to be unique within a cluster. */
  readonly name?: string;
  /** The broker's own certificate, and the authority that signs everybody's. Absent: anybody may be anybody. */
  readonly tls?: TlsFiles;
  /** Names of the clients that are enrolled; whoever is not here is let in no more. */
  readonly clients: readonly string[];
  /**
   * What the coordinator's certificate carries as a URI, a DNS name or an e-mail address. It has to be a certificate
   * for TLS clients, as towards the broker the coordinator is one.
   */
  readonly serverUser?: string;
  /** Keeps the stream here; absent on leaf nodes. */
  readonly jetstream?: { readonly folder: string; readonly maxBytes?: number };
  /**
   * Lets leaf nodes connect, each of which speaks for its clients alone. It keeps the rights with which it connected:
   * after its clients have changed, write its own configuration anew as well, and restart it.
   */
  readonly leaves?: {
    readonly host?: string;
    readonly port: number;
    readonly regions: readonly { readonly user: string; readonly clients: readonly string[] }[];
  };
  /** Is a leaf node of these, "tls://host:port" or, through proxies that let only the web pass, "wss://host:port". */
  readonly hub?: { readonly urls: readonly string[]; readonly tls?: TlsFiles };
  /** Lets leaf nodes connect over WebSocket. */
  readonly websocket?: { readonly host?: string; readonly port: number };
  readonly cluster?: {
    readonly name: string;
    readonly host?: string;
    readonly port: number;
    /** Like "tls://other.example:6222". */
    readonly routes: readonly string[];
    /** For servers and for clients both, as brokers of a cluster dial each other. Absent: no TLS between them. */
    readonly tls?: TlsFiles;
  };
}

/** The largest frame with its headers, and room to spare. */
const MAX_PAYLOAD_BYTES = 2 ** 21;

const text = (value: string) => JSON.stringify(value);
const list = (values: readonly string[]) => `[${values.map(text).join(", ")}]`;

/**
 * The configuration file of a NATS server, with one user for every client that is enrolled. Users are told by their
 * certificates (`verify_and_map`): the broker compares the certificate's e-mail addresses, DNS names and URIs with
 * the users' names, in this order. Nobody has a password, and who has a certificate but is no user is turned away.
 * After enrolment and revocation: write the file anew and call `reloadNats`; connections whose user is gone are
 * closed, the others stay.
 */
export function natsServerConfig(config: NatsServerConfig): string {
  const { host = "0.0.0.0", port, name, tls, jetstream, leaves, hub, websocket, cluster } = config;
  const blocks = [
    `host: ${text(host)}`,
    `port: ${port}`,
    name === undefined ? "" : `server_name: ${text(name)}`,
    `max_payload: ${MAX_PAYLOAD_BYTES}`,
    `max_control_line: 8192`,
    tls === undefined ? "" : mappedTls(tls),
    tls === undefined ? "" : authorization(config),
    jetstream === undefined ? "" : jetstreamBlock(jetstream),
    leaves === undefined && hub === undefined ? "" : leafnodes(config),
    websocket === undefined ? "" : websocketBlock(websocket, tls),
    cluster === undefined ? "" : clusterBlock(cluster),
  ];
  return `${blocks.filter((block) => block !== "").join("\n")}\n`;
}

/** Tells a NATS server on this machine that its configuration changed; the same as `nats-server --signal reload`. */
export function reloadNats(pid: number): void {
  process.kill(pid, "SIGHUP");
}

function tlsFiles({ ca, cert, key }: TlsFiles): string {
  return `cert_file: ${text(cert)}, key_file: ${text(key)}, ca_file: ${text(ca)}`;
}

const mappedTls = (tls: TlsFiles) => `tls { ${tlsFiles(tls)}, verify_and_map: true, timeout: 5 }`;

function user(name: string, { publish, subscribe }: Rights): string {
  return `    { user: ${text(name)}, permissions: { publish: ${list(publish)}, subscribe: ${list(subscribe)} } }`;
}

function authorization({ clients, serverUser, leaves }: NatsServerConfig): string {
  const users = [
    ...(serverUser === undefined ? [] : [user(serverUser, serverRights)]),
    ...clients.map((client) => user(clientUri(client), clientRights([client]))),
    ...(leaves?.regions ?? []).map((region) => user(region.user, clientRights(region.clients))),
  ];
  return ["authorization {", "  timeout: 5", "  users: [", ...users, "  ]", "}"].join("\n");
}

function jetstreamBlock({
  folder,
  maxBytes = 2 ** 31,
}: {
  folder: string;
  maxBytes?: number;
}): string {
  return `jetstream { store_dir: ${text(folder)}, max_file_store: ${maxBytes} }`;
}

function leafnodes({ leaves, hub, tls }: NatsServerConfig): string {
  const accepts =
    leaves === undefined
      ? []
      : [
          `  host: ${text(leaves.host ?? "0.0.0.0")}`,
          `  port: ${leaves.port}`,
          ...(tls === undefined ? [] : [`  ${mappedTls(tls)}`]),
        ];
  const own = hub?.tls === undefined ? "" : `, tls { ${tlsFiles(hub.tls)} }`;
  const dials = hub === undefined ? [] : [`  remotes: [ { urls: ${list(hub.urls)}${own} } ]`];
  return ["leafnodes {", ...accepts, ...dials, "}"].join("\n");
}

function websocketBlock(
  { host = "0.0.0.0", port }: { host?: string; port: number },
  tls: TlsFiles | undefined,
): string {
  const security = tls === undefined ? "no_tls: true" : mappedTls(tls);
  return `websocket { host: ${text(host)}, port: ${port}, ${security} }`;
}

function clusterBlock(cluster: NonNullable<NatsServerConfig["cluster"]>): string {
  const { name, host = "0.0.0.0", port, routes, tls } = cluster;
  const security = tls === undefined ? "" : `, tls { ${tlsFiles(tls)}, timeout: 5 }`;
  return `cluster { name: ${text(name)}, host: ${text(host)}, port: ${port}, routes: ${list(routes)}${security} }`;
}
