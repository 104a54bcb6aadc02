export { epsilonOf } from "./epsilon.ts";
export { fineOrders, opacusOrders } from "./orders.ts";
export { composed, gaussianRdp, type RdpCurve } from "./rdp.ts";
export {
  releaseLedger,
  type LedgerState,
  type Release,
  type ReleaseLedger,
} from "./release-ledger.ts";
export { secureNormal } from "./secure-normal.ts";
