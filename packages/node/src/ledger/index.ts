export { releasedIn, withoutCharges, type AccountTotals, type Released } from "./account-totals.ts";
export { ALL_CLIENTS } from "./account-kinds.ts";
export { exportLedger, ledgerSchema, type LedgerExport } from "./export-ledger.ts";
export { keptSecret } from "./kept-secret.ts";
export { openLedger, type LedgerFile } from "./open-ledger.ts";
export {
  checkLedgerKept,
  ownCharges,
  privacyServices,
  type PartyAccount,
  type PrivacyPlace,
} from "./privacy-services.ts";
