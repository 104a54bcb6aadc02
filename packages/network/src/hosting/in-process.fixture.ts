import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson } from "@atoll/core/federation";
import type { Experiment } from "@atoll/node/experiment";
import { readRun, runExperiment, runFolder, type RunOptions } from "@atoll/node/runs";
import type { RunNumbers } from "./numbers.fixture.ts";

/** What a cell comes to, however it was run, as texts to compare. */
export interface ComparedCell {
  readonly seed: number;
  readonly method: string;
  readonly lines: readonly string[];
  /** Bytes, rounds, traffic by stage and array, observations and who retired. */
  readonly outcome: string;
  /** What each party released: its epsilon after each release. */
  readonly epsilons: string;
}

const inOrder = (cells: readonly ComparedCell[]) =>
  cells.toSorted((a, b) => a.seed - b.seed || (a.method < b.method ? -1 : 1));

/** Runs an experiment in this process. */
export async function runInProcess(
  experiment: Experiment,
  options: Partial<
    Pick<RunOptions, "threads" | "openPool"> & { readonly experimentDirectory: string }
  > = {},
): Promise<readonly ComparedCell[]> {
  const directory = await mkdtemp(join(tmpdir(), "atoll-in-process-"));
  try {
    const { kind } = await runExperiment(experiment, {
      experimentDirectory: tmpdir(),
      directory,
      signal: new AbortController().signal,
      now: () => new Date(),
      onEvent: () => {},
      ...options,
    });
    if (kind !== "done") throw new Error(`the run in one process is ${kind}`);
    const { lines } = await readRun(directory);
    const folder = runFolder(directory);
    const cells = [
      ...new Map(lines.map(({ seed, method }) => [`${seed}/${method}`, { seed, method }])).values(),
    ];
    const compared = await Promise.all(
      cells.map(async (cell) => {
        const done = JSON.parse(
          await readFile(join(folder.cell(cell), "done.json"), "utf8"),
        ) as Record<string, unknown>;
        const { seconds: _, privacy = {}, ...outcome } = done;
        return {
          ...cell,
          lines: lines
            .filter(({ seed, method }) => seed === cell.seed && method === cell.method)
            .map(({ seed: _seed, method: _method, seconds: _seconds, ...line }) =>
              canonicalJson(line),
            ),
          outcome: canonicalJson(outcome),
          epsilons: epsilonsText(privacy as Record<string, Account>),
        };
      }),
    );
    return inOrder(compared);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The same of a run across processes. */
export function comparedOf({ cells, accounts }: RunNumbers): readonly ComparedCell[] {
  const compared = cells.map(({ seed, method, lines, outcome }) => {
    const { privacy: server, ...rest } = JSON.parse(outcome!) as Record<string, unknown>;
    const said = accounts.flatMap((text) => {
      const one = JSON.parse(text) as {
        seed: number;
        method: string;
        client: string;
        account: string;
      };
      const account = JSON.parse(one.account) as Account | null;
      const isOwn = one.seed === seed && one.method === method;
      return isOwn && account !== null ? [[one.client, account] as const] : [];
    });
    const all = Object.fromEntries([
      ...said,
      ...(server ? [["server", server as Account] as const] : []),
    ]);
    return { seed, method, lines, outcome: canonicalJson(rest), epsilons: epsilonsText(all) };
  });
  return inOrder(compared);
}

interface Account {
  readonly charges: readonly { readonly spentAfter: unknown }[];
  readonly spent: unknown;
}

function epsilonsText(accounts: Readonly<Record<string, Account>>): string {
  return canonicalJson(
    Object.fromEntries(
      Object.entries(accounts).map(([party, { charges, spent }]) => [
        party,
        { spent, after: charges.map(({ spentAfter }) => spentAfter) },
      ]),
    ),
  );
}
