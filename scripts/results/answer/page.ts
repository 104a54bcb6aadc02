import type { Result } from "@atoll/node/results";
import { answer } from "../../../packages/cli/src/report/index.ts";
import { bytes } from "../../../packages/cli/src/terminal/units.ts";
import { table } from "../../markdown.ts";
import { difference, find, labelOf, MACRO, mark, seedsOf, titleOf } from "../compared.ts";
import { promiseTable } from "../fedcctr/tables.ts";
import type { Finished } from "../page.ts";
import { PROMISES, SETS, type AnsweredSet } from "./sets.ts";

/** docs/results/answer.md: what every report says first, of all three methods on their real rows. */
export function answerPage({ names, resultOf, machine, date }: Finished): string {
  const sets = SETS.filter(({ run }) => names.has(run));
  const open = SETS.filter(({ run }) => !names.has(run)).map(({ title }) => title);
  const promised = resultOf(PROMISES.run);
  return `# Would they gain from federating?

Made by \`npm run results -- --only answer\` from the runs of [FedMM](fedmm.md), [PF-MSMTrec](pf-msmtrec.md) and
[FedCCTR-LM](fedcctr.md), the last of them on ${date}: ${machine}. Sentences are those with which \`atoll run\` and its report answer:
nobody chose them for this page. Each method stands beside what needs no federation (popularity, training alone) and beside references that
no federation has (all rows in one place).

${table(
  ["who", "asked of", "answer"],
  sets.map(({ title, run }) => {
    const result = resultOf(run);
    return [title, titleOf(result.metric), answer(result).headline];
  }),
)}
${open.length === 0 ? "" : `No finished run yet: ${open.join("; ")}.\n\n`}In the tables below, ▲ and ▼ are clear differences (paired, Holm-corrected; an interval beside zero without a mark is none, as many were asked), "better / worse" counts clients with one, and "largest answer" is the
most that one client sends at once, in any stage; where a row starts from another row's vectors, those are counted there.

${sets.map((set) => section(set, resultOf(set.run))).join("\n")}
## At what privacy?

Food and Kitchen, where a user is what is protected, at epsilon ${PROMISES.epsilon}: what is left of \`${PROMISES.noiseless}\` when a server adds the noise
(\`central-${PROMISES.epsilon}\`), and when every user does (\`${PROMISES.local}\`); for \`${PROMISES.title}\` nothing leaves. More ways and other
epsilons: [FedCCTR-LM](fedcctr.md), and for clicks and ratings [privacy](privacy.md).

${promiseTable(promised, { methods: PROMISES.methods, noiseless: PROMISES.noiseless, title: PROMISES.title })}`;
}

/** One set: what its report says, and every method of its main run. */
function section({ title, about, run }: AnsweredSet, result: Result): string {
  const { headline, details } = answer(result);
  const page = run.split("/")[0]!;
  const local = localOf(result);
  return `## ${title}

${about} Here by ${seedsOf(result)}; all else: [${page}](${page}.md).

**${headline}** ${details.join(" ")}

${table(
  [
    "method",
    `${titleOf(result.metric)}, mean of clients`,
    `against ${local}`,
    "better / worse",
    "largest answer",
  ],
  Object.keys(result.methods).map((method) => [
    labelOf(result, method),
    meanOf(result, method),
    againstText(result, method, local),
    clearly(result, method, local),
    uploadOf(result, method),
  ]),
)}`;
}

/** The baseline that trains alone, with which everything is compared. */
function localOf({ methods, comparisons }: Result): string {
  const compared = new Set(comparisons.map(({ against }) => against));
  const local = Object.keys(methods).find(
    (name) => methods[name]!.kind === "local" && compared.has(name),
  );
  if (local === undefined) throw new Error("a run without a comparison to training alone");
  return local;
}

function meanOf({ methods, metric }: Result, method: string): string {
  const macro = methods[method]!.macro[metric];
  if (macro === undefined) return "-";
  return `${macro.mean.toFixed(4)} ± ${((macro.high - macro.low) / 2).toFixed(4)}`;
}

function againstText(result: Result, method: string, local: string): string {
  if (method === local) return "";
  const found = find(result, method, local, MACRO);
  return difference(found, mark(found));
}

/** Clients with a clear difference. */
function clearly(result: Result, method: string, local: string): string {
  if (method === local) return "";
  const verdicts = Object.keys(result.clients).map(
    (client) => find(result, method, local, client)?.verdict,
  );
  const count = (verdict: string) => verdicts.filter((own) => own === verdict).length;
  return `${count("better")} / ${count("worse")} of ${verdicts.length}`;
}

function uploadOf({ methods }: Result, method: string): string {
  const { role, stages = [] } = methods[method]!;
  if (role !== "federated" || stages.length === 0) return "";
  return bytes(Math.max(...stages.map(({ largestUp }) => largestUp)));
}
