import type { Result } from "@atoll/node/results";
import {
  DOMAINS,
  mainTable,
  differenceTable,
  NDCG,
  promiseTable,
  valueOf,
  valueTable,
} from "./tables.ts";
import { usersIn } from "./charts.ts";
import { OTHER_DATA } from "./runs.ts";
import { fedcctrGoals } from "./goals.ts";
import { DECAYS, EPSILON, localName, MODES, NOISELESS, SAMPLING, SAMPLINGS } from "./promises.ts";
import {
  ABLATIONS,
  CENTRAL,
  CLIENTS,
  FED,
  MOST_PASSES,
  PASSES,
  RECENCY_TITLE,
  SASREC,
  SENSITIVITY,
  TITLE,
  type Variant,
} from "./variants.ts";
import { signed, table } from "../../markdown.ts";
import { MACRO, difference, find, seedsOf } from "../compared.ts";
import { type ResultOf, goalTable, goalsInWords } from "../goals.ts";

const variantRows = (variants: readonly Variant[]) =>
  variants.map(({ name, title }) => ({ title, method: name }));

/** docs/results/fedcctr.md. */
export function fedcctrPage(
  resultOf: ResultOf,
  {
    finished,
    machine,
    date,
  }: {
    /** Names of the runs that are there. */
    readonly finished: ReadonlySet<string>;
    readonly machine: string;
    readonly date: string;
  },
): string {
  const [main, privacy] = [resultOf("main"), resultOf("privacy")];
  /** What a section says where its run is finished. */
  const section = (run: string, text: (result: Result) => string) =>
    finished.has(run) ? text(resultOf(run)) : "";
  const sizes = usersIn(finished);
  const goals = fedcctrGoals(resultOf);
  return `# FedCCTR-LM: two domains, users as clients

Made by \`npm run results -- --only fedcctr\` from examples/fedcctr-food-kitchen.yaml and examples/fedcctr-synthetic.yaml, settings in
scripts/results/fedcctr/variants.ts and scripts/results/fedcctr/promises.ts, on ${date}: ${machine}. Amazon Food-Kitchen in ABXI's version: a user's last
event over both domains is test, ranked among 999 items of its domain. ${NDCG}, mean ± half the width of the 95% interval over users
and seeds ${main.seeds.join(", ")}.

## In short

${goalsInWords(goals)}

${goalTable(goals)}
## All methods

▲ and ▼: clearly better or worse than \`${RECENCY_TITLE}\`, which trains nothing: how often others chose an item in the days before the request, and
how like the titles of the user's items its title is. \`+request\`: the same two numbers added to a trained model's logits. \`+titles\`: items
are public titles beside a table, a row that came after the others had been measured; validation events are for it in every seed. References are not available to a federation. "up per client": one answer of the training stage.
In a federation of users each takes part ${PASSES} times on average; what is trained in one place goes on until validation rises no more, ${MOST_PASSES} passes at most.

${mainTable(main, RECENCY_TITLE)}
${section(
  "slow",
  (slow) => `Models that take minutes a pass, ${seedsOf(slow)}:

${mainTable(slow, RECENCY_TITLE)}
`,
)}Against the centralised model:

${differenceTable(
  main,
  Object.keys(main.methods)
    .filter((method) => method === SASREC || main.methods[method]!.role !== "baseline")
    .map((method) => ({ title: method, method })),
  CENTRAL,
)}
${section(
  "ablations",
  (ablations) => `## What its parts are worth

One thing changed of \`${FED}\`; ${seedsOf(ablations)}:

${differenceTable(ablations, [{ title: FED, method: FED }, ...variantRows(ABLATIONS)], FED)}

`,
)}What augmentation and IDRA, which guards it, are worth: [augmentation](augmentation.md).

${section(
  "clients",
  (clients) => `## Who a client is

A user in \`${FED}\`; ${seedsOf(clients)}. The merged sequence of a domain's silo is that domain's own, as it knows no other. With
one gradient over everybody as its update, the server takes as many steps as there are rounds; with a pass by minibatches, silos move the model themselves, and the server adds up what they changed.

${differenceTable(clients, [{ title: "a user", method: FED }, ...variantRows(CLIENTS)], FED)}

`,
)}
## Under a promise

Users are what is protected. All rows but \`recency\` and \`${RECENCY_TITLE}\` have the
merged encoder alone, public titles and the order of ids for items, and the last round's model; \`${NOISELESS}\` and \`central\` know recency and titles,
the others titles alone; \`local\` is smaller (width 16) and weighs titles more, as noise leaves it little else. The recency of \`central\` comes of a noisy histogram that the same account pays for; of \`${NOISELESS}\`, of exact counts.

${promiseTable(privacy, {
  methods: [...privacyRows(privacy)],
  noiseless: NOISELESS,
  title: TITLE,
})}
${section(
  "promises",
  (
    promises,
  ) => `Other epsilons and other ways, ${seedsOf(promises)}; clients of \`central-cohorts\` are eight users each, \`central-no-order\` has titles alone for items,
\`central-no-counts\` and \`distributed\` know titles and no popularity; \`local-static-1\` has the noise that epsilon 1 asks for:

${promiseTable(promises, {
  methods: Object.keys(promises.methods),
  noiseless: NOISELESS,
  title: TITLE,
})}
![NDCG@10 against epsilon](fedcctr-epsilon.svg)

`,
)}## Noise that decays, against constant noise

Local noise at one cost: the first round's multiplier is chosen so that all planned rounds together cost what the constant one does. Food-Kitchen:

${decayTable(privacy)}
${
  sizes.length === 0
    ? ""
    : `The synthetic world, where users are as many as one likes; ${NDCG}, mean of both domains, ${seedsOf(resultOf(`users-${sizes[0]!}`))}:

${usersTable(resultOf, sizes)}
${whereItPays(resultOf, sizes)}

${sizes.length > 1 ? "![NDCG@10 against the decimal logarithm of users](fedcctr-users.svg)\n" : ""}
`
}${section(
    "sweeps",
    (sweeps) => `## Sensitivity

Of lambda2 the default is .5, of passes ${PASSES}; ${seedsOf(sweeps)}.

${differenceTable(sweeps, [{ title: FED, method: FED }, ...variantRows(SENSITIVITY)], FED)}
Of rho, by which a user takes part in a round of \`central-${EPSILON}\`, it is ${SAMPLING}. The rounds are as many and the promise is the same, so that the noise grows with rho:

${valueTable(
  [
    ...SAMPLINGS.map(({ name, title }) => ({ title, method: name, result: sweeps })),
    { title: `rho ${SAMPLING}`, method: `central-${EPSILON}`, result: privacy },
  ].toSorted((a, b) => (a.title < b.title ? -1 : 1)),
)}
`,
  )}${otherData(resultOf, finished)}## How to read this

- **Uniform candidates come from all years.** Most are not alive at the request, so how often an item was chosen in the days before tells most of what
  there is to tell. Models that do not know the time, ABXI's among them, compete without it.
- **The order of events of one day is that of item numbers.** Food comes first, so that two thirds of the test events are of Kitchen, for that
  reason alone. What the order of ids adds to public titles may be this artefact in part.
- **What the other domain brings** is little without time and titles: \`${SASREC}\`, which each domain trains by itself and needs no federation for, has
  ${domainValues(main, SASREC)} where \`${CENTRAL}\` has ${domainValues(main, CENTRAL)} and \`${FED}\` ${domainValues(main, FED)}.
- **Training is not cut at one time**: events of one user train what predicts earlier ones of another. Recency looks only at what came before
  its request.
- **Settings were chosen on validation events**, which are users' too; no account counts that.
- **Users are simulated.** One party holds all rows and computes what users would; its sums are those of a federation whose aggregation hides single
  updates. Epsilons are of what leaves a user, or the server, in that federation.
- **A local promise is told without amplification**: whoever receives a user's update knows that the user took part.
`;
}

/** A section for each of the other data whose run is finished. */
function otherData(resultOf: ResultOf, finished: ReadonlySet<string>): string {
  return OTHER_DATA.filter(({ name }) => finished.has(name))
    .map(({ name, title, against }) => {
      const result = resultOf(name);
      const rows = Object.keys(result.methods).map((method) => ({ title: method, method }));
      return `## ${title}\n\nBy ${seedsOf(result)}.\n\n${differenceTable(result, rows, against, Object.keys(result.clients))}\n`;
    })
    .join("");
}

/** `0.1663 / 0.1040`. */
const domainValues = (result: Result, method: string) =>
  DOMAINS.map((client) => valueOf(result, method, client).mean.toFixed(4)).join(" / ");

function privacyRows(privacy: ReturnType<ResultOf>): string[] {
  const modes = new Set(MODES.map(({ name }) => String(name)));
  const untrained = Object.keys(privacy.methods).filter((method) => !modes.has(method));
  return [...untrained, ...modes].filter((method) => method in privacy.methods);
}

function decayTable(privacy: ReturnType<ResultOf>): string {
  return table(
    ["R", "of clients retired", ...DOMAINS.flatMap((client) => [client, "against constant"])],
    DECAYS.map((decay) => {
      const method = localName(decay);
      const share = privacy.methods[method]!.domains?.retired?.share;
      return [
        String(decay),
        share === undefined ? "-" : `${(100 * share).toFixed(0)}%`,
        ...DOMAINS.flatMap((client) => [
          valueOf(privacy, method, client).mean.toFixed(4),
          decay === 1 ? "" : difference(find(privacy, method, localName(1), client, NDCG)),
        ]),
      ];
    }),
  );
}

/** From how many users on local noise leaves a model that is clearly better than what costs nothing. */
function whereItPays(resultOf: ResultOf, sizes: readonly number[]): string {
  const first = sizes.find(
    (users) => (find(resultOf(`users-${users}`), localName(1), TITLE, MACRO, NDCG)?.low ?? 0) > 0,
  );
  return first === undefined
    ? `At none of these sizes a model under constant local noise is clearly better than \`${TITLE}\`, which releases nothing.`
    : `Of these sizes ${first.toLocaleString("en")} users are the first at which a model under constant local noise is clearly better than \`${TITLE}\`, which releases nothing.`;
}

function usersTable(resultOf: ResultOf, sizes: readonly number[]): string {
  const methods = [TITLE, ...DECAYS.map((decay) => localName(decay)), "central", NOISELESS];
  return table(
    ["users", ...methods, `${localName(1)} against ${TITLE}`],
    sizes.map((users) => {
      const result = resultOf(`users-${users}`);
      const entry = find(result, localName(1), TITLE, MACRO, NDCG);
      return [
        users.toLocaleString("en"),
        ...methods.map((method) => valueOf(result, method, MACRO).mean.toFixed(4)),
        entry === undefined
          ? "-"
          : `${signed(entry.difference)} [${signed(entry.low)}, ${signed(entry.high)}]`,
      ];
    }),
  );
}
