import { resolve } from "node:path";
import { ledgerSchema } from "@atoll/node/ledger";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { renderUtility, utilityOf, type NamedResult } from "../../report/index.ts";
import { UsageError } from "../usage-error.ts";
import { explainLedger } from "./explain-ledger.ts";
import { explainRun } from "./explain-run.ts";
import { readSource, type Source } from "./sources.ts";
import { utilityText } from "./utility-text.ts";
import type { ExplainFlags } from "./explain.ts";

export async function action(
  context: AtollContext,
  flags: ExplainFlags,
  ...paths: string[]
): Promise<void> {
  const sources = await readAll(context.cwd, paths);
  const runs: NamedResult[] = sources.flatMap((source) =>
    source.kind === "run" ? [{ name: source.name, result: source.result }] : [],
  );
  const named = runs.length === 1 ? runs.map((run) => ({ ...run, name: "" })) : runs;
  const series = utilityOf(named);
  if (flags.html !== undefined) {
    if (series.length === 0)
      throw new UsageError(
        "--html draws the headline metric against epsilon, and no two methods of these runs differ in epsilon; give the folders of finished runs that do",
      );
    const page = renderUtility({
      series,
      metric: runs[0]!.result.metric,
      runs: runs.map(({ name }) => name).join(", "),
    });
    await writeAtomically(resolve(context.cwd, flags.html), page);
  }
  const write = (text: string) => context.process.stdout.write(text);
  if (flags.json) {
    const [only, ...others] = sources;
    const value = others.length === 0 ? inJson(only!) : sources.map(withPath);
    write(`${JSON.stringify(value, null, 2)}\n`);
    return;
  }
  const texts = sources.map(explained);
  if (series.length > 0) texts.push(utilityText(series, runs[0]!.result.metric));
  write(`${texts.join("\n\n\n")}\n`);
}

/** All of the paths, or an error that names every one that holds nothing of the kind. */
async function readAll(cwd: string, paths: readonly string[]): Promise<Source[]> {
  const sources = await Promise.all(paths.map((path) => readSource(resolve(cwd, path), path)));
  const wrong = paths.filter((_, i) => sources[i] === undefined);
  if (wrong.length > 0)
    throw new UsageError(
      wrong
        .map(
          (path) =>
            `${path}: there is neither a run with a result.json or a ledger.sqlite, nor a ledger, nor an exported ledger`,
        )
        .join("\n"),
    );
  return sources.filter((source) => source !== undefined);
}

function explained(source: Source): string {
  switch (source.kind) {
    case "run":
      return explainRun(source.name, source.result);
    case "ledger":
      return explainLedger(source.name, ledgerSchema.parse(source.ledger).accounts);
  }
}

function withPath(source: Source): unknown {
  return { path: source.name, ...inJson(source) };
}

/** A ledger's export, which may be explained again; of a run, what each method promises. */
function inJson(source: Source): Readonly<Record<string, unknown>> {
  switch (source.kind) {
    case "run": {
      const { methods } = source.result;
      const promises = Object.entries(methods).map(([name, { privacy }]) => [
        name,
        privacy ?? null,
      ]);
      return { methods: Object.fromEntries(promises) as unknown };
    }
    case "ledger":
      return source.ledger;
  }
}
