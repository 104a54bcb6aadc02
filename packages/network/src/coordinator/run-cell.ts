import { canonicalJson, runStages, type ServerEvent } from "@atoll/core/federation";
import { observedIn, retiredIn } from "@atoll/core/methods";
import { nodeCryptography } from "@atoll/node/cryptography";
import { ownCharges, privacyServices } from "@atoll/node/ledger";
import { keepGlobalModel, numbersOf, stagesOf, type PlannedMethod } from "@atoll/node/runs";
import type { CellKey, Claim } from "../protocol/index.ts";
import type { MetricLine } from "../record/index.ts";
import { cellExchange, type CellExchangeOptions } from "./exchange.ts";
import { cellDirectory, serverPlace } from "./server-place.ts";
import type { ActiveRun, CoordinatorParts, Seats } from "./types.ts";

export interface RunCellOptions extends Pick<CellExchangeOptions, "rounds" | "isRevoked"> {
  readonly run: ActiveRun;
  readonly planned: PlannedMethod;
  readonly seats: Seats;
  readonly signal: AbortSignal;
}

/**
 * Trains one method with one seed from its last checkpoint. Rounds since then are asked again of the record, which
 * has their answers; so whatever was interrupted comes to the same numbers. Throws the signal's reason when stopped.
 */
export async function runCell(
  parts: CoordinatorParts,
  cell: CellKey,
  { run, planned, seats, rounds, isRevoked, signal }: RunCellOptions,
): Promise<void> {
  const { record, blobs, keeper, now, onEvent } = parts;
  const known = (await record.cells(cell.run)).find(
    (row) => row.cell.seed === cell.seed && row.cell.method === cell.method,
  );
  const checkpoint = known?.checkpoint;
  const seqs = new Map(Object.entries(checkpoint?.seqs ?? {}));
  const stages = stagesOf(planned.entry, planned.settings);
  const place = serverPlace(parts.directory, { cell, planned, run });
  onEvent({ kind: "cell-start", cell, rounds: checkpoint?.rounds ?? 0 });

  let pending: MetricLine[] = [];
  let ofRound: MetricLine[] = [];
  let latest: { readonly state: Uint8Array; readonly rounds: number } | undefined;
  let savedMs = now();
  let kept: Claim | undefined = checkpoint?.state;

  const save = async () => {
    const { state, rounds: numRounds } = latest!;
    kept = await keeper.storing(async (touch) => {
      const claim = await blobs.put([state]);
      touch(claim.sha256);
      await record.checkpoint(
        cell,
        { state: claim, rounds: numRounds, seqs: Object.fromEntries(seqs) },
        { lines: pending, nowMs: now() },
      );
      return claim;
    });
    pending = [];
    savedMs = now();
    await keeper.sweep();
  };

  const onServerEvent = (event: ServerEvent) => {
    if (event.kind === "reply") {
      const { stage, round, client, metadata, bytesUp, bytesDown } = event;
      const line = { stage, round, client, values: numbersOf(metadata), bytesUp, bytesDown };
      ofRound.push({ cell, line: canonicalJson(line) });
    }
    if (event.kind === "round-end") {
      pending.push(...ofRound);
      ofRound = [];
    }
  };

  const outcome = await runStages({
    stages,
    clients: seats.parties,
    exchange: cellExchange(parts, {
      cell,
      stages,
      seats,
      rules: run.rules,
      seqs,
      rounds,
      isRevoked,
      signal,
    }),
    seed: cell.seed,
    privacy: privacyServices(place, nodeCryptography),
    signal,
    ...(checkpoint && { resumeFrom: readWhole(parts, checkpoint.state) }),
    onEvent: onServerEvent,
    checkpoint: async (state, numRounds) => {
      latest = { state, rounds: numRounds };
      if (now() - savedMs >= parts.checkpointSeconds * 1000 || signal.aborted) await save();
    },
  });
  if (outcome.kind === "stopped") {
    signal.throwIfAborted();
    return;
  }
  const observations = observedIn(outcome.results);
  const retired = retiredIn(outcome.results);
  const account = await ownCharges(place);
  // On disk before the record says that the cell is done; a crash in between writes the same file again.
  const model = await keepGlobalModel(cellDirectory(parts.directory, cell), outcome.results);
  const numRounds = outcome.stages.reduce((sum, { rounds: own }) => sum + own, 0);
  await keeper.storing(async (touch) => {
    const state = latest === undefined ? kept! : await blobs.put([latest.state]);
    touch(state.sha256);
    await record.finishCell(cell, {
      outcome: canonicalJson({
        bytes: { up: outcome.bytesUp, down: outcome.bytesDown },
        rounds: outcome.stages.find(({ stage }) => stage === "train")?.rounds ?? 0,
        stages: outcome.stages,
        ...(observations.length > 0 && { observations }),
        ...(model && { model }),
        ...(account !== undefined && { privacy: account }),
        ...((retired.stopped || Object.keys(retired.clients).length > 0) && { retired }),
      }),
      state,
      rounds: numRounds,
      lines: pending,
      nowMs: now(),
    });
  });
  await keeper.sweep();
  onEvent({ kind: "cell-end", cell, rounds: numRounds });
}

function readWhole({ blobs }: CoordinatorParts, { sha256, sizeBytes }: Claim): Uint8Array {
  return blobs.read(sha256, 0, sizeBytes);
}
