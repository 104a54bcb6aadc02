import type { StageCost } from "./cost.ts";
import {
  costTable,
  dataTable,
  publishedTable,
  questionsOf,
  questionTable,
  rowTable,
  trainingTable,
  titleOf,
  type Finished,
} from "./tables.ts";
import {
  ALL,
  ALL_SIMILAR,
  ITEMS,
  NONE,
  PROFILES,
  SEQUENCES,
  SIMILAR,
  UNGUARDED,
} from "./variants.ts";
import { NDCG } from "../fedcctr/tables.ts";
import { signed } from "../../markdown.ts";
import { type Comparison, MACRO, need } from "../compared.ts";

export interface AugmentationPage {
  readonly runs: readonly Finished[];
  readonly costs: readonly { readonly title: string; readonly stages: readonly StageCost[] }[];
  readonly machine: string;
  readonly date: string;
}

/** docs/results/augmentation.md. */
export function augmentationPage({ runs, costs, machine, date }: AugmentationPage): string {
  return `# Augmentation: what words and events that are made up are worth

Made by \`npm run results -- --only augmentation\` from examples/fedcctr-food-kitchen.yaml and examples/augmentation/movielens-1m.yaml, rows in
scripts/results/augmentation/variants.ts, on ${date}: ${machine}. Augmentation is the \`heuristic\`: no language model was asked. ${NDCG} among 999 items
of the domain; each user's last event over both domains is test. Mean ± half the width of the 95% interval over users and seeds;
differences are paired by user and seed. Seeds: ${runs.map(({ title, result }) => `${title} ${result.seeds.join(", ")}`).join("; ")}.

## In short

${runs.map(inWords).join("\n")}

Mean of both domains, difference with its 95% interval; ▲ and ▼: clear after Holm's correction over everything that is compared with the
same row.

${questionTable(runs)}
${runs
  .map(
    (run) => `## ${run.title}

${rowTable(run)}
<details><summary>All comparisons</summary>

${questionsOf(run)}
</details>

`,
  )
  .join("")}## Beside what is published

Qin et al. (arXiv 2503.16875, Table 6) leave PrivAugNet out of FedCCTR-LM on Amazon Book and Movie, with Llama-2-13B. Other data, another
split and a language model: only the direction can be compared.

${publishedTable(runs)}
## What it does to the data

Training events of a user over both domains, and different pairs of a user and an item by all that there could be; before and after the
liked items. Disliked items lengthen nothing.

${dataTable(runs)}
## What it costs

Each stage by itself, once for all users of a run, on one thread: by the heuristic in seconds (joining the users' events is in each), and what
a language model would be asked with the default prompts, estimated, without asking.

${costTable(costs)}
Training, wall-clock seconds for each seed while other trainings shared the cores: no measure of speed, but rows can be compared.

${trainingTable(runs)}
${READING}`;
}

/** Rows that are held against none. */
const STAGED = [ALL, UNGUARDED, ALL_SIMILAR, ITEMS, PROFILES, SEQUENCES, SIMILAR];

/** Which rows help a run, which do not, and which harm, by the mean of the domains. */
function inWords({ title, result }: Finished): string {
  const entries = STAGED.map((method) => need(result, method, NONE, MACRO, NDCG));
  const said = (verdict: Comparison["verdict"]) => {
    const having = entries.filter((entry) => entry.verdict === verdict);
    if (having.length === 0) return "nothing";
    return having
      .map(({ method, difference }) => `${titleOf(method)} (${signed(difference)})`)
      .join("; ");
  };
  return `- **${title}**: clearly better than no augmentation: ${said("better")}. Clearly worse: ${said("worse")}. No clear difference, so no help: ${said("no clear difference")}.`;
}

const READING = `## How to read this

- **The heuristic knows no language.** Its words for items are the strongest terms of their own titles, its words for users those of what they
  had, and it likes what is like the history. It is the control that a language model has to beat; what one adds is not measured here.
- **Words for items bring titles to a model that has none.** The last row gives it the same titles as they are, without augmentation: only what
  goes beyond that row is due to augmentation.
- **A liked item is never the one that is asked for**: what a user holds out is left out of the user's candidates. That no held-out item
  leaks is paid for by a small bias: models are told that unseen items near the history come next, but never of the very next one.
- **Random augmentation has the same size**: as many items are liked and disliked, words are those of another item, or of a
  list that nobody had.
- **In one place items that go together are known**: there, liked items also follow what others had together. A client that is one
  user knows its own events alone.
- **MovieLens is long and cut by us.** A user has 164 training events on average, of which the latest 50 are read: four more change little. The two
  domains are one catalogue divided by a genre, and films are rated many at a time, in the order of a list.
- **Food-Kitchen puts events of one day in the order of item numbers**, Food first ([more](fedcctr.md#how-to-read-this)).
- **A liked item counts a tenth of a chosen one** as a target (setting weight). All liked items of a user are targets of the state at the last
  position, which later answers requests, so this tenth is of what a single chosen item of the domain counts there.
- **Nothing was tuned for augmentation**: every row has the settings that validation chose for the row without it.
`;
