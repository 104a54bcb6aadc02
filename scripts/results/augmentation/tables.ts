import type { Result } from "@atoll/node/results";
import type { StageCost } from "./cost.ts";
import type { AugmentationRun } from "./runs.ts";
import { ALL, NONE, QUESTIONS, RANDOM, ROWS } from "./variants.ts";
import { differenceTable, NDCG, valueOf } from "../fedcctr/tables.ts";
import { table } from "../../markdown.ts";
import { namedTable } from "../pf-msmtrec/tables.ts";
import { type Comparison, MACRO, clientsOf, difference, find, mark, need } from "../compared.ts";

/** A run that is finished, with its result. */
export interface Finished extends AugmentationRun {
  readonly result: Result;
}

/** NDCG@10 without PrivAugNet against with it, as the paper has it. */
const PUBLISHED: readonly (readonly [string, number])[] = [
  ["Book, published", -0.0739],
  ["Movie, published", -0.1023],
];

/** Every question, answered by the mean of the domains of every run. */
export const questionTable = (runs: readonly Finished[]) =>
  table(
    ["", ...runs.map(({ title }) => title)],
    QUESTIONS.map(({ title, method, against }) => [
      title,
      ...runs.map(({ result }) => {
        const entry = need(result, method, against, MACRO, NDCG);
        return difference(entry, mark(entry));
      }),
    ]),
  );

/** Rows without augmentation that a run has beside those of the page, then these, domain by domain. */
export function rowTable({ result }: Finished): string {
  const own = new Set(ROWS.map(({ name }) => name));
  const others = Object.keys(result.methods)
    .filter((method) => !own.has(method))
    .map((method) => ({ title: `*${method}*`, method }));
  const rows = ROWS.map(({ title, name }) => ({ title, method: name }));
  return differenceTable(result, [...others, ...rows], NONE, clientsOf(result));
}

/** Every question, domains and their mean together, with Holm's correction over them alone. */
export const questionsOf = ({ result }: Finished) =>
  namedTable(
    QUESTIONS.flatMap(({ title, method, against }) =>
      [...clientsOf(result), MACRO].map((client) => ({
        title: `${title}, ${client === MACRO ? "mean of both" : client}`,
        entry: need(result, method, against, client, NDCG),
      })),
    ),
  );

/** What a table calls a row. */
export const titleOf = (method: string) => ROWS.find(({ name }) => name === method)!.title;

const count = (value: number) => Math.round(value).toLocaleString("en");

const percent = (share: number) => `${share >= 0 ? "+" : ""}${(100 * share).toFixed(2)}%`;

/** What leaving augmentation out does, in percent of what all three stages reach. */
export const publishedTable = (runs: readonly Finished[]) =>
  table(
    ["", "without augmentation against with it"],
    [
      ...PUBLISHED.map(([name, change]) => [`*${name}*`, `*${percent(change)}*`]),
      ...runs.flatMap(({ title, result }) =>
        clientsOf(result).map((client) => {
          const [without, own] = [NONE, ALL].map((method) => valueOf(result, method, client).mean);
          const entry = find(result, ALL, NONE, client, NDCG);
          return [
            `${title}: ${client}`,
            `${percent(without! / own! - 1)}${entry ? opposite(entry) : ""}`,
          ];
        }),
      ),
    ],
  );

const opposite = ({ verdict }: Comparison) =>
  verdict === "no clear difference" ? ", no clear difference" : "";

/** Of what is done to the data, stages and IDRA change nothing. */
const LENGTHENED = [ALL, RANDOM];

const change = (before: number, after: number) => percent(after / before - 1);

/** Lengths and densities before and after, of rows that lengthen sequences. */
export const dataTable = (runs: readonly Finished[]) =>
  table(
    ["", "users", "with a liked item", "mean length", "", "", "density", ""],
    [
      ["*published*", "", "", "*13.33*", "*15.41*", `*${change(13.33, 15.41)}*`, "", ""],
      ...runs.flatMap((run) =>
        LENGTHENED.flatMap((name) => {
          const numbers = run.result.methods[name]!.domains?.augmentation;
          if (numbers === undefined) return [];
          const { users, augmented, density, meanLengthBefore, meanLengthAfter } = numbers;
          return [
            [
              `${run.title}: ${titleOf(name)}`,
              count(users),
              augmented === undefined ? "-" : count(augmented),
              meanLengthBefore.toFixed(2),
              meanLengthAfter.toFixed(2),
              change(meanLengthBefore, meanLengthAfter),
              ...(density === undefined
                ? ["-", "-"]
                : [density.before, density.after].map((share) => `${(100 * share).toFixed(3)}%`)),
            ],
          ];
        }),
      ),
    ],
  );

/** Seconds of training, row by row. */
export const trainingTable = (runs: readonly Finished[]) =>
  table(
    ["", ...runs.flatMap(({ title }) => [title, "rounds"])],
    ROWS.map(({ name, title }) => [
      title,
      ...runs.flatMap(({ result }) => {
        const { seconds, rounds } = result.methods[name]!;
        return [`${seconds.toFixed(0)} s`, rounds.toFixed(0)];
      }),
    ]),
  );

/** What each stage takes by itself. */
export const costTable = (
  costs: readonly { readonly title: string; readonly stages: readonly StageCost[] }[],
) =>
  table(
    ["", "stage", "by the heuristic", "prompts", "tokens of prompts", "tokens of answers"],
    costs.flatMap(({ title, stages }) =>
      stages.map(({ stage, seconds, prompts, promptTokens, answerTokens }) => [
        title,
        stage,
        `${seconds.toFixed(1)} s`,
        count(prompts),
        count(promptTokens),
        count(answerTokens),
      ]),
    ),
  );
