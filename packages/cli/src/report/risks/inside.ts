import type { Facts, MethodResult } from "../facts.ts";
import { list, signed } from "../format.ts";
import { methodLabel } from "../labels.ts";
import { partTitle } from "../sections/model-parts.ts";
import type { Check } from "./check.ts";

const NAMES = 4;
/** Mean cosine of updates below which clients undo what others do. */
const OPPOSED = -0.05;
/** Share of a codebook's rows in use, below which most of it is dead. */
const DEAD = 0.1;
/** Equal codes that are hardly more frequent than chance mean nothing in common. */
const HARDLY_MORE = 1.5;
/** A share of one expert that leaves the others next to nothing. */
const ALONE = 0.98;

/** Diagnostics of methods that look into themselves; absent where none does. */
export function diagnostics(facts: Facts): Check[] {
  const { methods } = facts.result;
  const having = (of: (own: MethodResult) => unknown) =>
    facts.methods.filter((name) => of(methods[name]!) !== undefined);
  const check = (
    names: readonly string[],
    of: (name: string) => readonly string[],
    words: Pick<Check, "risk" | "looked" | "section"> & {
      readonly clear: string;
      readonly found: string;
    },
  ): Check[] => {
    if (names.length === 0) return [];
    const items = names.flatMap((name) => of(name).map((text) => `${methodLabel(name)}: ${text}`));
    const { clear, found, ...rest } = words;
    const kind = items.length > 0 ? "found" : "clear";
    return [{ kind, ...rest, text: items.length > 0 ? found : clear, items }];
  };
  return [
    ...check(
      having(({ coordination }) => coordination?.cosines),
      (name) => conflictsOf(methods[name]!),
      {
        risk: "Clients that pull apart",
        section: "conflict",
        looked: `cosines of clients' updates in the last round, mean over pairs, part by part`,
        found: "Updates of some parts of the model point against each other:",
        clear: "In no part of the model do updates point against each other on average.",
      },
    ),
    ...check(
      having(({ gates }) => gates),
      (name) => gatesOf(methods[name]!),
      {
        risk: "Gates that choose one expert only",
        section: "conflict",
        looked: "each client's mean share of every expert, task by task, on validation rows",
        found: "Some clients leave all but one expert unused:",
        clear: "No client leaves all but one expert unused.",
      },
    ),
    ...check(
      having(({ codebooks }) => codebooks),
      (name) => codebooksOf(methods[name]!),
      {
        risk: "Codebooks that say little",
        section: "codebooks",
        looked: "codes in use by client, and equal codes of equal items against chance",
        found: "Some codebooks are hardly used, or their codes mean little in common:",
        clear: "Codes are in use, and equal ones mean more in common than chance.",
      },
    ),
    ...check(
      having(({ domains }) => domains),
      (name) => methods[name]!.domains!.findings.map(({ text }) => text),
      {
        risk: "Encoders of domains that say the same",
        section: "domains",
        looked: "cosines of encoders, users who retired, augmentation and noise",
        found: "What to look at:",
        clear: "Encoders keep apart what they should.",
      },
    ),
  ];
}

function conflictsOf({ coordination, gates }: MethodResult): string[] {
  return Object.entries(coordination?.cosines ?? {}).flatMap(([part, rounds]) => {
    const rows = rounds.at(-1)?.rows ?? [];
    const values = rows.flatMap((row, k) => row.filter((value, j) => j > k && value !== null));
    if (values.length === 0) return [];
    const mean = values.reduce((sum: number, value) => sum + value!, 0) / values.length;
    const { group, label } = partTitle(part, gates?.tasks);
    return mean < OPPOSED ? [`${group}, ${label}: mean cosine ${signed(mean, 2)}`] : [];
  });
}

function gatesOf({ gates }: MethodResult): string[] {
  if (gates === undefined) return [];
  return gates.tasks.flatMap((task, t) => {
    const alone = Object.entries(gates.clients)
      .filter(([, shares]) => {
        const own = shares[t] ?? [];
        return own.length > 1 && Math.max(...own) >= ALONE;
      })
      .map(([client]) => client);
    return alone.length === 0 ? [] : [`task ${task}: ${list(alone, NAMES)}`];
  });
}

function codebooksOf({ codebooks }: MethodResult): string[] {
  return (["item", "user"] as const).flatMap((entity) => {
    const own = codebooks?.[entity];
    if (own === undefined) return [];
    const dead = Object.entries(own.clients)
      .filter(([, { usage }]) => (usage[0] ?? 1) < DEAD)
      .map(([client]) => client);
    const ratio = own.agreement?.ratio?.mean;
    return [
      ...(dead.length > 0
        ? [
            `${list(dead, NAMES)} ${dead.length === 1 ? "uses" : "use"} less than ${100 * DEAD}% of the first level's codes for ${entity}s`,
          ]
        : []),
      ...(ratio !== undefined && ratio < HARDLY_MORE
        ? [`equal ${entity}s have equal codes only ${ratio.toFixed(2)} times as often as by chance`]
        : []),
    ];
  });
}
