import { execFileSync } from "node:child_process";

/** Network namespaces, one for each client, on a bridge whose other end is this machine. */
export interface Namespaces {
  /** This machine's address on the bridge. */
  readonly host: string;
  /** What a command begins with that is to run in a client's namespace. */
  readonly commandOf: (client: string) => readonly string[];
  readonly close: () => void;
}

const BRIDGE = "atoll-bridge";
const HOST = "10.207.0.254";

const ip = (...args: readonly string[]) => {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
};
const quietly = (...args: readonly string[]) => {
  try {
    ip(...args);
  } catch {
    // It was not there.
  }
};

/** Undefined where this process may not make any. */
export function namespacesFor(clients: readonly string[]): Namespaces | undefined {
  const nameOf = (client: string) => `atoll-${clients.indexOf(client)}`;
  const close = () => {
    for (const client of clients) quietly("netns", "delete", nameOf(client));
    quietly("link", "delete", BRIDGE);
  };
  close();
  try {
    ip("link", "add", BRIDGE, "type", "bridge");
    ip("address", "add", `${HOST}/24`, "dev", BRIDGE);
    ip("link", "set", BRIDGE, "up");
    for (const [i, client] of clients.entries()) {
      const [space, outside] = [nameOf(client), `atoll-v${i}`];
      ip("netns", "add", space);
      ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", space);
      ip("link", "set", outside, "master", BRIDGE, "up");
      ip("-n", space, "address", "add", `10.207.0.${i + 1}/24`, "dev", "eth0");
      ip("-n", space, "link", "set", "eth0", "up");
      ip("-n", space, "link", "set", "lo", "up");
    }
  } catch (error) {
    close();
    process.stderr.write(`no network namespaces: ${String(error)}\n`);
    return undefined;
  }
  return { host: HOST, commandOf: (client) => ["ip", "netns", "exec", nameOf(client)], close };
}
