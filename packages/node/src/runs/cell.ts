import type { AugmentationSource } from "../augmentation/index.ts";
import {
  runStages,
  throughConnections,
  type ServerEvent,
  type WorkProgress,
} from "@atoll/core/federation";
import type { SplitClient } from "@atoll/core/data";
import { observedIn, retiredIn } from "@atoll/core/methods";
import { nodeCryptography } from "../cryptography/index.ts";
import type { ExtensionCode } from "../extensions/index.ts";
import {
  checkLedgerKept,
  ownCharges,
  privacyServices,
  type PartyAccount,
  type PrivacyPlace,
} from "../ledger/index.ts";
import type { MetricsLine } from "../results/index.ts";
import type { RemoteParty, WorkerPool } from "../workers/index.ts";
import type { CellName, RunEvent } from "./events.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { CellRecord, RunFolder } from "./folder.ts";
import { keepGlobalModel } from "./global-model.ts";
import { numbersOf } from "./numbers-of.ts";
import { partySpec, rowsOf, splitIn } from "./party.ts";
import { partiesOf, stagesOf, type PlannedMethod } from "./plan.ts";

/** The server among the parties of a ledger. */
export const SERVER = "server";

/** Rounds that are quicker than this are checkpointed together: disks are slower than tiny models. */
const CHECKPOINT_INTERVAL_MS = 5000;

export type Role = "client" | "server";

export interface CellContext {
  readonly folder: RunFolder;
  readonly pool: WorkerPool;
  readonly splits: readonly SplitClient[];
  /** Where a party of the cell charges what it releases; a client may be called as the server is. */
  readonly placeOf: (party: string, role: Role) => PrivacyPlace;
  /** What parties read of augmentation, where the method has some. */
  readonly augmentation?: AugmentationSource | undefined;
  /** Code that parties run beside the library's. */
  readonly extensions: readonly ExtensionCode[];
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onEvent: (event: RunEvent) => void;
  /** Settles once every line announced so far is on disk. */
  readonly flush: () => Promise<void>;
}

export type CellOutcome =
  | { readonly kind: "done"; readonly record: CellRecord }
  | { readonly kind: "stopped"; readonly round: number };

/** Trains and measures one method with one seed, from its last checkpoint if there is one. */
export async function runCell(
  cell: CellName,
  planned: PlannedMethod,
  context: CellContext,
): Promise<CellOutcome> {
  const { entry, settings } = planned;
  const { folder, pool, splits, placeOf, augmentation, extensions, signal, now, onEvent } = context;
  const saved = await folder.readServer(cell);
  const resumed = saved && decodeCheckpoint(saved);

  const startedMs = now() - (resumed?.elapsedMs ?? 0);
  let checkpointed = resumed?.number ?? 0;
  let checkpointMs = now();
  let lines: MetricsLine[] = [];
  let numLines = resumed?.lines ?? 0;
  onEvent({ ...cell, kind: "cell-start", resumedAtRound: resumed?.number ?? 0 });

  const own = partiesOf(
    entry,
    splits.map(({ client }) => client),
  );
  const places = [
    ...own.map(({ name }) => [name, placeOf(name, "client")] as const),
    [SERVER, placeOf(SERVER, "server")] as const,
  ];
  // Rounds that are not made again are charged nowhere else.
  if (resumed) for (const [, place] of places) checkLedgerKept(place);
  const parties: RemoteParty[] = [];
  try {
    for (const party of own) {
      const privacy = placeOf(party.name, "client");
      const spec = partySpec(
        { cell, party },
        { planned, folder, privacy, augmentation, extensions },
      );
      const statePath = resumed && folder.partyState(cell, party.name, resumed.number);
      const onProgress = (progress: WorkProgress) =>
        onEvent({ ...cell, kind: "work", client: party.name, ...progress });
      parties.push(
        await pool.open(spec, rowsOf(spec, splits), splitIn(splits), { statePath, onProgress }),
      );
    }

    const checkpoint = async (server: Uint8Array, numRounds: number) => {
      if (!signal.aborted && now() - checkpointMs < CHECKPOINT_INTERVAL_MS) return;
      checkpointed = numRounds;
      await context.flush();
      await Promise.all(
        parties.map((party) => party.save(folder.partyState(cell, party.name, numRounds))),
      );
      const elapsedMs = now() - startedMs;
      const saved = encodeCheckpoint({ server, number: numRounds, lines: numLines, elapsedMs });
      await folder.commitCheckpoint(cell, numRounds, saved);
      checkpointMs = now();
      onEvent({ ...cell, kind: "checkpoint", round: numRounds });
    };

    const roundStartMs = { value: now() };
    const onServerEvent = (event: ServerEvent) => {
      switch (event.kind) {
        case "round-start":
          roundStartMs.value = now();
          break;
        case "reply": {
          const line: MetricsLine = {
            ...cell,
            stage: event.stage,
            round: event.round,
            client: event.client,
            values: numbersOf(event.metadata),
            bytesUp: event.bytesUp,
            bytesDown: event.bytesDown,
            seconds: (now() - roundStartMs.value) / 1000,
          };
          lines.push(line);
          onEvent({ ...cell, kind: "reply", line });
          break;
        }
        case "round-end": {
          const done = lines.toSorted((a, b) => (a.client < b.client ? -1 : 1));
          lines = [];
          numLines += done.length;
          onEvent({
            ...cell,
            kind: "round",
            stage: event.stage,
            round: event.round,
            lines: done,
          });
          break;
        }
        case "stage-end":
          break;
      }
    };

    const outcome = await runStages({
      stages: stagesOf(entry, settings),
      ...throughConnections(parties),
      seed: cell.seed,
      privacy: privacyServices(placeOf(SERVER, "server"), nodeCryptography),
      signal,
      ...(resumed && { resumeFrom: resumed.server }),
      onEvent: onServerEvent,
      checkpoint,
    });
    if (outcome.kind === "stopped") return { kind: "stopped", round: checkpointed };
    const observations = observedIn(outcome.results);
    const privacy = await accountsOf(places);
    const retired = retiredIn(outcome.results);
    const model = await keepGlobalModel(folder.cell(cell), outcome.results);
    const record: CellRecord = {
      bytes: { up: outcome.bytesUp, down: outcome.bytesDown },
      rounds: outcome.stages.find(({ stage }) => stage === "train")?.rounds ?? 0,
      seconds: (now() - startedMs) / 1000,
      stages: outcome.stages,
      ...(observations.length > 0 && { observations }),
      ...(model && { model }),
      ...(Object.keys(privacy).length > 0 && { privacy }),
      ...((retired.stopped || Object.keys(retired.clients).length > 0) && { retired }),
    };
    await folder.writeCell(cell, record);
    onEvent({ ...cell, kind: "cell-end", rounds: record.rounds, seconds: record.seconds });
    return { kind: "done", record };
  } finally {
    await Promise.allSettled(parties.map((party) => party.close()));
  }
}

/** What each party released in this cell, by its name; those that have no account are left out. */
async function accountsOf(
  places: readonly (readonly [party: string, place: PrivacyPlace])[],
): Promise<Record<string, PartyAccount>> {
  const accounts = await Promise.all(
    places.map(async ([party, place]) => [party, await ownCharges(place)] as const),
  );
  return Object.fromEntries(
    accounts.flatMap(([party, account]) => (account === undefined ? [] : [[party, account]])),
  );
}
