import type { AccountantName } from "@atoll/core/privacy";

const names = { rdp: true, zcdp: true, pld: true } satisfies Record<AccountantName, true>;

/** Every accountant, by name alone: help is printed without loading their mathematics. */
export const accountantNames = Object.keys(names) as readonly AccountantName[];
