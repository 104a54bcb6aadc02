import type { SplitClient } from "@atoll/core/data";
import { AtollError, nearest } from "@atoll/core/errors";
import { TRAINED_FILE } from "@atoll/core/methods";
import type { Executor } from "@atoll/core/tensor";
import type { CellRecord, RunFolder } from "../runs/folder.ts";
import { directoryStore } from "../runs/directory-store.ts";
import { partiesOf, type Plan, type PlannedMethod } from "../runs/plan.ts";
import { clientsOf } from "./attack-scores.ts";
import { claimOf } from "./claims.ts";
import type { Claim } from "./result.ts";
import { allRows, type AttackedRows } from "./rows.ts";
import { lossesUnder, type Stored } from "./trained-model.ts";

/** A model of the run that is attacked, with what its party promises. */
export interface TargetParty {
  readonly name: string;
  readonly splits: readonly SplitClient[];
  readonly stored: Stored;
  readonly claim: Claim | undefined;
  /** By client: the losses of its attacked rows, members first. */
  readonly losses: ReadonlyMap<string, Float64Array>;
}

export interface Target {
  readonly planned: PlannedMethod;
  readonly parties: readonly TargetParty[];
}

export interface Targets {
  readonly attacked: readonly Target[];
  /** Methods that are left out, and why. */
  readonly notAttacked: Readonly<Record<string, string>>;
}

/** The methods that are asked for, all where none is named; their cells have to be finished. */
export async function chosenMethods(
  plan: Plan,
  names: readonly string[] | undefined,
  { folder, seed }: { readonly folder: RunFolder; readonly seed: number },
): Promise<readonly { readonly planned: PlannedMethod; readonly record: CellRecord }[]> {
  const known = plan.methods.map(({ entry }) => entry.name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const close = nearest(unknown, known);
    throw new AtollError(
      "AUDIT_METHOD",
      `the run has no method "${unknown}"${close === undefined ? "" : `; did you mean "${close}"?`}; there are: ${known.join(", ")}`,
    );
  }
  const chosen = plan.methods.filter(({ entry }) => names?.includes(entry.name) ?? true);
  return Promise.all(
    chosen.map(async (planned) => {
      const method = planned.entry.name;
      const record = await folder.readCell({ seed, method });
      if (record !== undefined) return { planned, record };
      throw new AtollError(
        "AUDIT_UNFINISHED",
        `method ${method} of seed ${seed} has not finished in ${folder.path}; finish the run with atoll run --resume ${folder.path}, or name finished methods with --methods`,
      );
    }),
  );
}

/** Opens the chosen methods' models; a method that is asked for by name and has none is an error. */
export async function openTargets(
  chosen: Awaited<ReturnType<typeof chosenMethods>>,
  {
    folder,
    seed,
    splits,
    rows,
    executor,
    named,
    onTarget,
  }: {
    readonly folder: RunFolder;
    readonly seed: number;
    readonly splits: readonly SplitClient[];
    readonly rows: ReadonlyMap<string, AttackedRows>;
    readonly executor: Executor;
    readonly named: boolean;
    readonly onTarget: (method: string) => void;
  },
): Promise<Targets> {
  const attacked: Target[] = [];
  const notAttacked: Record<string, string> = {};
  for (const { planned, record } of chosen) {
    const method = planned.entry.name;
    const { settings } = planned;
    onTarget(method);
    const parties: TargetParty[] = [];
    let why: string | undefined;
    for (const party of partiesOf(
      planned.entry,
      splits.map(({ client }) => client),
    )) {
      const store = directoryStore(folder.party({ seed, method }, party.name));
      const bytes = await store.read(TRAINED_FILE);
      if (bytes === undefined) {
        why = "it stores no trained model";
        break;
      }
      const own = clientsOf(party.clients, splits);
      const stored = { bytes, party: party.name, settings, executor };
      const losses = await lossesUnder(stored, own, (client) => allRows(rows.get(client)!));
      if (losses.kind === "foreign") {
        ({ why } = losses);
        break;
      }
      const claim = claimOf(record, party.name);
      parties.push({ name: party.name, splits: own, stored, claim, losses: losses.of });
    }
    if (why === undefined) attacked.push({ planned, parties });
    else if (named)
      throw new AtollError(
        "AUDIT_METHOD",
        `method ${method} cannot be attacked: ${why}; leave it out of --methods`,
      );
    else notAttacked[method] = why;
  }
  return { attacked, notAttacked };
}
