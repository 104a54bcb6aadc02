import { join, resolve } from "node:path";
import type { PrivacyPlace } from "@atoll/node/ledger";
import { fileNameOf, privacyPlaceOf, SERVER, type PlannedMethod } from "@atoll/node/runs";
import type { CellKey } from "../protocol/index.ts";
import type { ActiveRun } from "./types.ts";

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
  const path = resolve(directory, "runs", fileNameOf(run.id));
  const cellFolder = join(path, `seed-${cell.seed}`, fileNameOf(cell.method));
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
