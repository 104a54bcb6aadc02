import { join, resolve } from "node:path";
import type { PrivacyPlace } from "@atoll/node/ledger";
import { fileNameOf, privacyPlaceOf, SERVER, type PlannedMethod } from "@atoll/node/runs";
import type { CellKey } from "../protocol/index.ts";
import type { ActiveRun } from "./types.ts";

/** Where the server keeps what it knows of a run beside its record. */
const runDirectory = (directory: string, run: string) =>
  resolve(directory, "runs", fileNameOf(run));

/** The same of one cell: its noise, and in the end its global model. */
export function cellDirectory(directory: string, { run, seed, method }: CellKey): string {
  return join(runDirectory(directory, run), `seed-${seed}`, fileNameOf(method));
}

/** Where the server charges noise that it draws itself, in its own folder. */
export function serverPlace(
  directory: string,
  {
    cell,
    planned,
    run,
  }: {
    readonly cell: CellKey;
    readonly planned: PlannedMethod;
    readonly run: Pick<ActiveRun, "id" | "experiment">;
  },
): PrivacyPlace {
  const path = runDirectory(directory, run.id);
  const cellFolder = cellDirectory(directory, cell);
  return privacyPlaceOf(
    { party: SERVER, role: "server" },
    {
      cell,
      planned,
      folder: { path, cell: () => cellFolder, party: () => cellFolder },
      record: {
        experiment: run.experiment,
        experimentDirectory: resolve(directory),
      },
    },
  );
}
