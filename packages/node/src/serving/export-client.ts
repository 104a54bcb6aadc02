import type { FitToServe } from "@atoll/core/methods";
import { exportKept } from "@atoll/core/serving";
import type { Result } from "../results/index.ts";
import { cardSchema, type Card } from "./card.ts";
import { openClient, type ServedRun } from "./choose.ts";
import { makeCard } from "./make-card.ts";
import { exportRequestsOf, openRequests } from "./requests/index.ts";
import { verifyExport } from "./verify.ts";

export interface ExportClientOptions extends FitToServe {
  readonly result: Result;
  readonly versions: Readonly<Record<string, string>>;
}

/** A client's model as a file, run and compared with predicting, and its card. */
export async function exportClient(
  run: ServedRun,
  client: string,
  options: ExportClientOptions,
): Promise<{ readonly onnx: Uint8Array; readonly card: Card }> {
  const { result, versions } = options;
  const name = `${run.experiment.name}/${run.method.entry.name}/${client}`;
  const requests = await openRequests(run, client);
  if (requests !== undefined) {
    const { onnx, card } = await exportRequestsOf(requests, { run, result, versions, name });
    return { onnx, card: cardSchema.parse(card) };
  }
  const served = await openClient(run, client, options);
  const exported = exportKept(served.kept, { client, columns: served.columns, name });
  const verified = await verifyExport(exported, served);
  const card = makeCard({ run, served, exported, verified, result, versions });
  return { onnx: exported.onnx, card: cardSchema.parse(card) };
}
