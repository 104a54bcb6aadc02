import { AtollError } from "@atoll/core/errors";
import {
  POPULATION_FILE,
  readHistories,
  readKeptPopulation,
  type KeptHistories,
  type KeptPopulation,
} from "@atoll/core/methods";
import { DAYS_PER } from "@atoll/core/population";
import type { ColumnsConfig } from "@atoll/core/data";
import { directoryStore } from "../../runs/directory-store.ts";
import { columnsServed, partyServed, type ServedRun } from "../choose.ts";

/** What a method whose clients are users kept, and the domain whose items are asked for. */
export interface ServedRequests {
  readonly client: string;
  readonly kept: KeptPopulation;
  readonly histories: KeptHistories;
  /** The client's place among the domains. */
  readonly domain: number;
  readonly columns: ColumnsConfig;
  /** Days of one in the column of times. */
  readonly daysPerUnit: number;
}

/** Opens what scores requests; undefined where the method keeps models of rows. */
export async function openRequests(
  run: ServedRun,
  client: string,
): Promise<ServedRequests | undefined> {
  const store = directoryStore(partyServed(run, client));
  const [kept, histories] = [await readKeptPopulation(store), await readHistories(store)];
  if (kept === undefined) return undefined;
  if (histories === undefined)
    throw new AtollError(
      "MODEL_KEPT",
      `${run.folder.path}: the file "${POPULATION_FILE}" is there, but not that of the users' histories; run the experiment again`,
    );
  const columns = columnsServed(run, client);
  return {
    client,
    kept,
    histories,
    domain: kept.domains.indexOf(client),
    columns,
    daysPerUnit: DAYS_PER[columns.timeUnit ?? "seconds"],
  };
}
