import type { WorkProgress } from "@atoll/core/federation";
import { checkLedgerKept } from "@atoll/node/ledger";
import { askForAnswers, partySpec, rowsOf, runFolder, splitIn } from "@atoll/node/runs";
import type { RemoteParty } from "@atoll/node/workers";
import type { CellKey } from "../protocol/index.ts";
import type { AdmittedRun } from "./admit.ts";
import type { Journal } from "./journal.ts";
import type { OwnCell } from "./open-run.ts";
import type { SiloParts } from "./types.ts";

/** A party at work, in a thread of its own. */
export interface OpenParty {
  readonly party: RemoteParty;
  /** Ends the thread too, in whatever state it is. */
  readonly close: () => Promise<void>;
}

/** Opens the party of a cell from its last saved state; before its first one it asks what has to be asked. */
export async function openParty(
  { openPool, policy, onEvent, signal }: SiloParts,
  key: CellKey,
  {
    run,
    own,
    journal,
  }: { readonly run: AdmittedRun; readonly own: OwnCell; readonly journal: Journal | undefined },
): Promise<OpenParty> {
  const { seat, files, place } = own;
  const { planned, party } = seat;
  const cell = { seed: key.seed, method: key.method };
  const splits = await run.splitsOf(key.seed);
  const present = { ...party, clients: party.clients.filter((one) => run.clients.includes(one)) };
  const held = splits.filter(({ client }) => present.clients.includes(client));
  if (journal !== undefined) checkLedgerKept(place);
  else
    await askForAnswers([{ method: planned, splits: held }], {
      folder: runFolder(run.folder.cell(cell)),
      place: run.augmentation,
      signal,
      onEvent: (event) => onEvent({ kind: "preparing", run: key.run, event }),
    });
  const augmentation = run.sources.get(key.method);
  const spec = {
    ...partySpec(
      { cell, party: present },
      { planned, folder: run.folder, privacy: place, augmentation },
    ),
    ...(policy.programs !== undefined && { programs: policy.programs }),
  };
  const pool = openPool(1, run.experiment.engine);
  // A thread that is busy knows nothing of the silo's end.
  const stop = () => void pool.close();
  signal.addEventListener("abort", stop);
  const close = async () => {
    signal.removeEventListener("abort", stop);
    await pool.close();
  };
  try {
    signal.throwIfAborted();
    const onProgress = ({ work, share }: WorkProgress) =>
      onEvent({ kind: "work", cell: key, work, share });
    const statePath = journal && files.statePath(journal.seq);
    const remote = await pool.open(spec, rowsOf(spec, splits), splitIn(splits), {
      statePath,
      onProgress,
    });
    return { party: remote, close };
  } catch (error) {
    await close();
    throw error;
  }
}
