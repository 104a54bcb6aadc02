import type { Accountant } from "./accountant.ts";
import { pldAccountant } from "./pld/accountant.ts";
import { rdpAccountant } from "./rdp-accountant.ts";
import { zcdpAccountant } from "./zcdp.ts";

/** Every accountant that a config may name. Adding one adds one line. */
export const accountants = {
  rdp: rdpAccountant,
  zcdp: zcdpAccountant,
  pld: pldAccountant,
} as const satisfies Record<string, Accountant>;

export type AccountantName = keyof typeof accountants;
