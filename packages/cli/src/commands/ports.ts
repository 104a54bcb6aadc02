import type { DEFAULT_PORT } from "@atoll/network/hosting";
import type { DEFAULT_ADMIN_PORT } from "@atoll/network/operations";

// The network's own numbers, held to them by their types: help is printed without loading the network.
export const CLIENT_PORT: typeof DEFAULT_PORT = 7443;
export const ADMIN_PORT: typeof DEFAULT_ADMIN_PORT = 7444;
