export { exportLedger, ledgerSchema, type LedgerExport } from "./export-ledger.ts";
export { keptSecret } from "./kept-secret.ts";
export { openLedger, type LedgerFile } from "./open-ledger.ts";
export { ownCharges, privacyServices, type PrivacyPlace } from "./privacy-services.ts";
