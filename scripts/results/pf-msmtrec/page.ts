import type { Result } from "@atoll/node/results";
import { ruleTable, variantTable } from "./ablations.ts";
import { cosineTable, mixingTable } from "./conflict.ts";
import { READING } from "./reading.ts";
import { ANGLES, COMPARED, NAMED } from "./runs.ts";
import { inSentence, inShort, type Rule } from "./short.ts";
import { syntheticSection } from "./synthetic.ts";
import { differenceTable, namedTable, scenarioTable, valueTables } from "./tables.ts";
import { ABLATIONS, LITERAL, PF, SENSITIVITY } from "./variants.ts";
import { wireTable } from "./wire.ts";
import { clientsOf, find, metricsOf, need, seedsOf, titleOf } from "../compared.ts";
import type { ResultOf } from "../goals.ts";

/** The named comparisons of both feature splits. */
function named({ hash15, hash18 }: Rule): string {
  const entries = (
    [
      ["hash_15", hash15],
      ["hash_18", hash18],
    ] as const
  ).flatMap(([title, result]) =>
    NAMED.flatMap((other) =>
      find(result, PF, other) === undefined
        ? []
        : [{ title: `${title}: ${PF} - ${other}`, entry: need(result, PF, other) }],
    ),
  );
  return namedTable(entries);
}

function split(title: string, result: Result): string {
  return `### Scenarios by ${title}

${seedsOf(result)}.

${valueTables(result)}
${titleOf(metricsOf(result)[0]!)}, macro differences:

${differenceTable(result, COMPARED)}
${PF} in every scenario:

${scenarioTable(result, PF, COMPARED)}`;
}

function shorter(title: string, result: Result): string {
  return `### Scenarios by ${title}

${seedsOf(result)}, ${clientsOf(result).length} scenarios.

${valueTables(result)}
${differenceTable(result, COMPARED)}`;
}

/** Everything that was run, by run; it must all be there. */
export function pfPage(resultOf: ResultOf): string {
  const shared: Rule = {
    title: "Rows of embedding tables federated, weighted by counts",
    hash15: resultOf("criteo-hash15"),
    hash18: resultOf("criteo-hash18"),
  };
  const apart: Rule = {
    title: "Embedding tables stay at home",
    hash15: resultOf("criteo-hash15-off"),
    hash18: resultOf("criteo-hash18-off"),
  };
  const ablations = resultOf("ablations-hash18");
  const inWorlds = resultOf("ablations-synthetic");
  const baselines = { hash15: resultOf("baselines-hash15"), hash18: resultOf("baselines-hash18") };
  const sensitivity = resultOf("sensitivity");
  const jd = resultOf("jd-tmall");
  const looked = [PF, LITERAL].flatMap((method) =>
    (
      [
        ["hash_15", shared.hash15],
        ["hash_18", shared.hash18],
        ["synthetic, 0° (no conflict)", resultOf("synthetic-0")],
        ["synthetic, 150°", resultOf("synthetic-150")],
      ] as const
    ).map(([title, result]) => [title, result, method] as const),
  );
  const mixing = mixingTable(looked);
  return `# PF-MSMTrec: what each scenario gains from the others

Made by \`npm run results -- --only pf-msmtrec\` from examples/pf-msmtrec-criteo.yaml, examples/pf-msmtrec-synthetic.yaml and
examples/pf-msmtrec; scripts/results/pf-msmtrec/runs.ts says what each run changes. Methods of one table have the same rows and the same rule for embedding
tables, and the experiment's model unless its file names another.

## In short

${inShort(resultOf, { shared, apart, jd })}
${READING}
## The named comparisons

${PF} against ${NAMED.join(", ")} on hash_15 and hash_18 in macro click AUC, Holm-corrected over the comparisons of a table, which were
named before anything ran. The interval is the corrected resampled t over folds; beside it what drawing test rows leaves open about
these trained models.

${shared.title}:

${named(shared)}
${apart.title}:

${named(apart)}
The two tables are two questions; their methods are not compared across them.

${[shared, apart]
  .map(
    (rule) => `## Criteo: ${inSentence(rule)}

Scenarios are values of an anonymous feature. Means over seeds, macro with half the width of the 95% interval; ▲ and ▼ are clear
differences to local (in tables of differences, to the method that the column names), Holm-corrected over scenarios, macro mean and
methods. ${LITERAL} is the literal reading: CAGrad on updates with learned mixing, cross-attention over towers. n.e.: not evaluable,
fewer than 30 positive test rows over the five folds. Of the rounds the last one only validates.

${split("hash_15", rule.hash15)}
${split("hash_18", rule.hash18)}`,
  )
  .join("\n")}
## Criteo: all baselines

A training on each of the five folds (${seedsOf(baselines.hash15)}), embedding rows federated, weighted by counts. Single-task models know one
label each.

${shorter("hash_15", baselines.hash15)}
${shorter("hash_18", baselines.hash18)}
## The synthetic world

${syntheticSection(resultOf, ANGLES)}
## Ablations

One part changed at a time, macro means; the star marks an interval without zero, uncorrected: of twenty rows without an effect, one has
it by chance.

### hash_18

${seedsOf(ablations)}, a training on each fold.

${variantTable(ablations, ABLATIONS)}
### The synthetic world at 90°

${seedsOf(inWorlds)}, a world each.

${variantTable(inWorlds, ABLATIONS)}
### Embedding tables

hash_15, ${seedsOf(shared.hash15)}: macro click AUC by the rule for embedding tables.

${ruleTable([
  ["at home", apart.hash15],
  ["row by row, by counts", shared.hash15],
])}
## Sensitivity

The synthetic world at 90 degrees, ${seedsOf(sensitivity)}. A value that is absent is the method's own.

${variantTable(sensitivity, SENSITIVITY)}
## What travels

KiB up / down for one client in one round of training, mean over rounds; whole messages have headers, losses and counts beside the
arrays. What goes down for the closing round, which only validates, is spread over the others. A method without a number in a column
keeps that part at home, or sends it among its dense parameters.

Embedding rows federated (hash_15):

${wireTable(shared.hash15)}
Tables at home (hash_15):

${wireTable(apart.hash15)}
## Is it conflict?

Cosines between the scenarios' updates of one round, mean over pairs and parts, and the lowest pair. Below zero, one undoes what the
other does; near zero late in training is noise. The synthetic world without and with conflict says what to expect of either. The last
rounds are those that every seed reached.

${cosineTable(looked)}
${mixing === "" ? "" : `How much of the common direction clients take, from 0 to 1, where that is learned:\n\n${mixing}`}
## JD and Tmall

${String(jd.experiment["description"])} ${seedsOf(jd)}. Ids are unrelated, so that only dense parts can travel.

${valueTables(jd)}
${differenceTable(jd, COMPARED)}
## Protocol

Of hash_15; the other runs differ in what their sections say.

${shared.hash15.protocol.map(({ topic, text }) => `- **${topic}**: ${text}`).join("\n")}
`;
}
