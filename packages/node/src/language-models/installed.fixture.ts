import { importPeer, type Peer } from "./peers.ts";

/**
 * Undefined where the package is there; otherwise why a test is skipped. With the package in a folder beside Atoll:
 * ATOLL_PEERS=folder vitest run packages/node/src/language-models
 */
export function whyNot(name: Peer): Promise<string | undefined> {
  return importPeer(name).then(
    () => undefined,
    () => `${name} is not installed`,
  );
}
