import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ServerCarrier } from "@atoll/network/carriers";
import { serveNats, type NatsTls } from "@atoll/network/carriers/nats";
import type { FrameHandler } from "@atoll/network/protocol";
import type { AtollContext } from "../../context.ts";
import { UsageError } from "../usage-error.ts";
import type { NatsFlags } from "./nats-flags.ts";

/** NATS beside HTTPS; undefined where it is not asked for. */
export function natsCarrier(
  { cwd }: AtollContext,
  { nats, natsTls }: NatsFlags,
  onError: (error: unknown) => void,
): ((handler: FrameHandler) => Promise<ServerCarrier>) | undefined {
  if (nats === undefined) {
    if (natsTls !== undefined) throw new UsageError("--nats-tls says nothing without --nats");
    return undefined;
  }
  const tls = natsTls && tlsOf(natsTls.map((path) => resolve(cwd, path)));
  return (handler) => serveNats({ servers: nats, handler, onError, ...(tls && { tls }) });
}

/** Read anew at every connection: certificates are renewed while a server runs. */
function tlsOf(paths: readonly string[]): () => NatsTls {
  const [ca, cert, key, ...others] = paths;
  if (ca === undefined || cert === undefined || key === undefined || others.length > 0)
    throw new UsageError(
      `--nats-tls takes three files, CA,CERT,KEY, and was given ${paths.length}`,
    );
  const read = (path: string) => readFileSync(path, "utf8");
  return () => ({ ca: read(ca), cert: read(cert), key: read(key) });
}
