export { openAccount, stepAccount, type AccountState, type AccountStep } from "./account.ts";
export { checkSameBudget } from "./budget.ts";
export { memoryLedger } from "./memory-ledger.ts";
export { mechanismText } from "./mechanism-text.ts";
export { roundedUp } from "./numbers-text.ts";
export { orderFor } from "./order-for.ts";
export { acrossClients, type AcrossClients } from "./users.ts";
export { explainAccount } from "./words.ts";
export { accountSchema, budgetSchema } from "./schema.ts";
export { noTotals, withCharges, type Totals } from "./totals.ts";
export type {
  Account,
  AccountExport,
  Adaptivity,
  Adjacency,
  Budget,
  Charge,
  ChargeAnswer,
  Ledger,
  PrivacyServices,
  Spent,
  Unit,
} from "./types.ts";
