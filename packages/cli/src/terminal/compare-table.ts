import { stripVTControlCharacters, styleText } from "node:util";
import type { ComparedRun, Comparison } from "@atoll/node/comparisons";
import type { Result } from "@atoll/node/results";
import { namesOf, percent, standingsOf } from "../report/index.ts";
import { resultTable } from "./result-table.ts";
import { table } from "./table.ts";

interface Look {
  readonly colour: boolean;
  readonly width: number;
}

/** One run's table, with short names of variants, each marked against local-only training with its settings. */
export function comparedTable(
  comparison: Comparison,
  { run, result }: { readonly run: ComparedRun; readonly result: Result },
  { colour, width }: Look,
): string {
  const names = namesOf(comparison, AS_WRITTEN);
  const varied = Object.values(run.methods).some(
    ({ settings }) => Object.keys(settings).length > 0,
  );
  if (!varied) return resultTable(result, colour, width);
  const nameOf = (method: string) => names.method(run, method);
  return resultTable(
    {
      ...result,
      methods: Object.fromEntries(
        Object.entries(result.methods).map(([method, own]) => [nameOf(method), own]),
      ),
      comparisons: run.comparisons
        .filter(({ method, against }) => run.methods[method]!.against === against)
        .map((own) => ({ ...own, method: nameOf(own.method), against: SAME })),
    },
    colour,
    width,
  );
}

/** Methods as experiments and flags name them. */
const AS_WRITTEN = { label: (base: string) => base };
const SAME = "local-only training with the same settings";

/** Methods over all runs: gains in percent, clients won and lost, average ranks. */
export function overallTable(comparison: Comparison, { colour, width }: Look): string | undefined {
  const { runs, overall } = comparison;
  const [first] = runs;
  if (overall === undefined || first === undefined) return undefined;
  const names = namesOf(comparison, AS_WRITTEN);
  const rows = standingsOf(comparison).map((own) => {
    const name = names.method(first, own.method);
    const gains = runs.map(({ name: run }) => {
      const found = own.macro.find((macro) => macro.run.name === run)?.comparison;
      if (found === undefined) return "";
      const { verdict, gain } = found;
      const sign = verdict === "better" ? "+" : verdict === "worse" ? "-" : " ";
      const cell = `${percent(gain)}${sign}`;
      if (!colour || verdict === "no clear difference") return cell;
      return styleText(verdict === "better" ? "green" : "red", cell);
    });
    return [
      own.role === "reference" ? `${name} *` : name,
      ...gains,
      own.gain === undefined ? "" : percent(own.gain),
      own.macro.length === 0 ? "" : `${own.better}/${own.even}/${own.worse}`,
      own.rank?.toFixed(2) ?? "",
      own.signedRank === undefined ? "" : own.signedRank.pHolm.toFixed(3),
    ];
  });
  const header = ["gain over local", ...runs.map(({ name }) => name), "mean", "+/=/-", "rank", "p"];
  const all = [header.map((cell) => (colour ? styleText("bold", cell) : cell)), ...rows];
  const wide = table(all);
  const fits = wide.split("\n").every((line) => stripVTControlCharacters(line).length <= width);
  const apart =
    overall.criticalDifference === undefined
      ? ""
      : `, two differ where they are ${overall.criticalDifference.toFixed(2)} apart`;
  return [
    fits ? wide : table(all.map((cells) => [cells[0]!, ...cells.slice(-4)])),
    `+/=/- : clients of all runs where it is clearly better, not clearly different, clearly worse.`,
    `rank : average over ${overall.places} clients, 1 is the best${apart}. p : signed-rank test against local, Holm-corrected.`,
  ].join("\n");
}
