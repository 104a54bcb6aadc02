import { exportRequests } from "@atoll/core/serving";
import type { Result } from "../../results/index.ts";
import type { Card } from "../card.ts";
import type { ServedRun } from "../choose.ts";
import type { ServedRequests } from "./open-requests.ts";
import { makeRequestsCard } from "./requests-card.ts";
import { verifyRequests } from "./verify-requests.ts";

/** A client's model of requests as a file, run and compared with predicting, and its card. */
export async function exportRequestsOf(
  served: ServedRequests,
  {
    run,
    result,
    versions,
    name,
  }: {
    readonly run: ServedRun;
    readonly result: Result;
    readonly versions: Readonly<Record<string, string>>;
    readonly name: string;
  },
): Promise<{ readonly onnx: Uint8Array; readonly card: Card }> {
  const exported = exportRequests(served.kept, { ...served, name });
  const verified = await verifyRequests(exported, served);
  const card = makeRequestsCard({ run, served, exported, verified, result, versions });
  return { onnx: exported.onnx, card };
}
