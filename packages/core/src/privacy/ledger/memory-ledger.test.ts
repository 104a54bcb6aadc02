import { ledgerLaws } from "./ledger.laws.ts";
import { memoryLedger } from "./memory-ledger.ts";

ledgerLaws(memoryLedger);
