import { asksLanguageModel } from "@atoll/core/augmentation";
import { describeMessages } from "@atoll/core/federation";
import { methodOf, trainsModel } from "@atoll/core/methods";
import { jobOf } from "@atoll/node/augmentation";
import { protects } from "@atoll/node/results";
import { stagesOf, type PlannedMethod } from "@atoll/node/runs";
import { readingOf } from "./columns-read.ts";
import { experimentHash } from "./hashes.ts";
import { allClients, plannedOf, roundsOf } from "./planned.ts";
import { printable } from "../protocol/index.ts";
import { findingsOf, type RuleFinding } from "./policy.ts";
import type { PolicyConfig } from "./policy-file.ts";
import { epsilonByUnit, isWhole, promisesOf } from "./promises.ts";
import { epsilonText, shownTo } from "./rules.ts";
import { columnsOfFeatures, sharedFeatures } from "./shared-columns.ts";
import type { ReviewedJob } from "./types.ts";

/**
 * A job in plain words, line by line: what it would compute, read and send, what it promises, and what the silo's
 * policy says to it.
 */
export function describeJob(reviewed: ReviewedJob, policy: PolicyConfig): readonly string[] {
  const { job, clients } = reviewed;
  const planned = plannedOf(reviewed);
  const lines = [
    `Job "${job.name}", run ${job.run}, for ${clients.length === 0 ? "this silo" : clients.join(", ")}`,
    `Experiment ${experimentHash(job)}`,
    ...section("What it computes", computed(reviewed, planned)),
    ...section("What it reads", read(reviewed)),
    ...section("What it sends and receives", exchanged(reviewed, planned)),
    ...section("What is promised", promised(reviewed, planned)),
    ...section("What the policy says", [
      ...findingsOf(policy, reviewed).flatMap(said),
      `${"maximumBytesUp".padEnd(NAME_WIDTH)} is asked before each answer leaves: ${policy.maximumBytesUp} bytes in all`,
    ]),
  ];
  return lines.map(plain);
}

/** Letters of the longest rule's name. */
const NAME_WIDTH = 15;

/** A job's words may hold what moves a terminal's cursor or turns text around; a reader shall see it as what it is. */
function plain(line: string): string {
  return printable(line);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return ["", title, ...lines.map((line) => `  ${line}`)];
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

const counted = (count: number, what: string, many = `${what}s`) =>
  `${count} ${count === 1 ? what : many}`;

function computed({ experiment }: ReviewedJob, planned: readonly PlannedMethod[]): string[] {
  const { seeds } = experiment;
  return [
    `${counted(planned.length, "method")}, each with ${counted(seeds.length, "seed")} (${seeds.join(", ")}), among ${counted(allClients(experiment).length, "client")}`,
    ...planned.flatMap((method) => {
      const { entry, settings } = method;
      const { rounds, localEpochs } = settings.federation;
      const stages = stagesOf(entry, settings).map(({ name }) => name);
      return [
        entry.name === entry.kind ? entry.name : `${entry.name} (${entry.kind})`,
        ...indented([
          methodOf(entry.kind).summary,
          ...(trainsModel(entry.kind) ? [`model ${settings.model.kind}`] : []),
          `at most ${counted(roundsOf(method, experiment), "round")} of exchange, in the stages ${stages.join(", ")}`,
          `at most ${counted(rounds * localEpochs, "pass", "passes")} over the training rows in the federation's rounds`,
        ]),
      ];
    }),
  ];
}

function read({ experiment, clients, numRows }: ReviewedJob): string[] {
  if (experiment.data.kind !== "files")
    return ["nothing: rows are made up by the settings of the experiment"];
  return readingOf(experiment, clients).flatMap(({ client, files, query, columns }) => {
    const width = Math.max(...columns.map(({ name }) => name.length));
    const rows = numRows?.[client];
    return [
      `${client}: ${files.join(", ")}${rows === undefined ? "" : `, ${counted(rows, "training row")}`}`,
      ...indented([
        ...(query === undefined
          ? []
          : [`through SQL of the job: ${query.replaceAll(/\s+/g, " ").trim()}`]),
        ...columns.map(({ name, roles }) => `${name.padEnd(width)}  ${roles.join(", ")}`),
      ]),
    ];
  });
}

/** Messages that several methods have alike are told once. */
function exchanged(reviewed: ReviewedJob, planned: readonly PlannedMethod[]): string[] {
  const all = planned.flatMap(({ entry, settings }) =>
    describeMessages(stagesOf(entry, settings)).map((message) => ({ method: entry.name, message })),
  );
  const alike = Map.groupBy(all, ({ message }) => JSON.stringify(message));
  const lines = [...alike.values()].flatMap((group) => {
    const { stage, kind, direction, purpose, arrays } = group[0]!.message;
    const names = group.map(({ method }) => method);
    const whose = names.length === planned.length ? "" : ` (${names.join(", ")})`;
    return [
      `${direction === "to server" ? "sends" : "receives"} ${stage}/${kind}${whose}: ${purpose}`,
      ...indented(Object.entries(arrays).map(([name, reveals]) => `array ${name}: ${reveals}`)),
    ];
  });
  const shown = planned.flatMap((method) => {
    const settings = jobOf(method)?.settings;
    if (settings === undefined || shownTo(settings) === "nobody") return [];
    const where = asksLanguageModel(settings)
      ? settings.kind === "openai-compatible"
        ? settings.baseUrl
        : settings.model
      : "a sentence encoder";
    return [`texts of rows are shown to a language model by ${method.entry.name}: ${where}`];
  });
  const shared = columnsOfFeatures(reviewed, new Set(planned.flatMap(sharedFeatures)));
  const values = shared.map(
    ({ client, columns }) =>
      `every value of these columns of ${client} leaves, in clear: ${columns.join(", ")}`,
  );
  return [...lines, ...values, ...shown];
}

function promised({ experiment }: ReviewedJob, planned: readonly PlannedMethod[]): string[] {
  const promises = planned.flatMap(promisesOf);
  const lines = planned.flatMap((method) => {
    const { entry, settings } = method;
    const own = promisesOf(method);
    const whole = own.some(isWhole);
    const { privacy } = settings;
    return [
      ...(whole
        ? []
        : [
            `${entry.name}: no differential privacy${own.length > 0 ? " but for its codebooks" : ""}; what it sends may tell about rows`,
          ]),
      ...own.flatMap(({ kind, unit, epsilon, delta, ledger }) => [
        `${entry.name}: ${kind}, for each ${unit}: epsilon ${epsilon === Infinity ? "" : "at most "}${epsilonText(epsilon)} at delta ${delta} in each training, counted ${ledger === undefined ? "by itself" : `in ledger ${ledger}`}`,
        ...indented([
          ...(kind === "codebook" ? [] : [protects(privacy)]),
          ...(kind !== "codebook" && privacy.kind !== "none" && privacy.assumePublic.length > 0
            ? [`taken to be public, and not protected: ${privacy.assumePublic.join(", ")}`]
            : []),
        ]),
      ]),
    ];
  });
  const totals = [...epsilonByUnit(promises, experiment.seeds.length)].map(
    ([unit, total]) =>
      `all trainings with a promise together, for each ${unit}: epsilon ${total === Infinity ? "" : "at most "}${epsilonText(total)}`,
  );
  return [
    ...lines,
    ...totals,
    "Metrics and counts of rows are sent as they are, so that the experiment can be judged.",
  ];
}

function said({ rule, verdict, objections }: RuleFinding): string[] {
  const name = rule.padEnd(NAME_WIDTH);
  switch (verdict) {
    case "allowed":
      return [`${name} allows it`];
    case "later":
      return [
        `${name} is asked ${rule === "programs" ? "of each program before it runs" : "once the rows are read"}`,
      ];
    case "refused":
      return [`${name} refuses it`, ...indented(objections.map(({ detail }) => detail))];
  }
}
