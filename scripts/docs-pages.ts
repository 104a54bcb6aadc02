import { z } from "zod";
import { methods } from "@atoll/core/methods";
import { metrics } from "@atoll/core/metrics";
import { models } from "@atoll/core/models";
import { experimentJsonSchema } from "@atoll/node/experiment";
import { tuneJsonSchema } from "@atoll/node/tune";
import {
  kindOf,
  resolved,
  settingsOf,
  variantsOf,
  type SchemaNode,
  type Setting,
} from "./docs-settings.ts";
import { table } from "./markdown.ts";

/** What opens every generated page: where its words come from. */
const madeBy = (of: string) =>
  `<!-- Made by \`npm run docs:reference\` from ${of}; change it there. -->\n\n`;

/** A cell of a table: pipes and angle brackets of schemas are no Markdown. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function settingsTable(settings: readonly Setting[]): string {
  if (settings.length === 0) return "No settings.\n";
  return table(
    ["setting", "takes", "default", "meaning"],
    settings.map(({ path, takes, otherwise, meaning }) => [
      `\`${path}\``,
      cell(takes),
      cell(otherwise),
      cell(meaning),
    ]),
  );
}

const sentence = (text: string | undefined) =>
  text === undefined || text === ""
    ? ""
    : `${cell(text[0]!.toUpperCase() + text.slice(1))}${/[.!?]$/.test(text) ? "" : "."}\n\n`;

/** Blocks that pages of their own tell kind by kind. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  methods:
    "A list. Each entry is a method's kind by name, or a block with `kind` and [that method's settings](methods.md).",
  model: "A block with `kind` and [that model's settings](models.md).",
};

function blockPage(root: SchemaNode, elsewhere: Readonly<Record<string, string>>): string {
  const known = new Map<string, string>();
  const { properties = {}, required = [] } = resolved(root);
  const simple: SchemaNode = {
    properties: Object.fromEntries(Object.entries(properties).filter(([, own]) => !isBlock(own))),
    required,
  };
  const sections = Object.entries(properties)
    .filter(([, own]) => isBlock(own))
    .map(([name, own]) => {
      const head = `## ${name}\n\n${sentence(own.description)}${required.includes(name) && own.default === undefined ? "Required.\n\n" : own.default === undefined || JSON.stringify(own.default) === "{}" ? "" : `Default: \`${JSON.stringify(own.default)}\`.\n\n`}`;
      if (elsewhere[name] !== undefined) return `${head}${elsewhere[name]}\n`;
      const kinds = variantsOf(own).filter((variant) => kindOf(variant) !== undefined);
      if (kinds.length === 0)
        return `${head}${settingsTable(settingsOf(own.properties ? own : { properties: { [name]: own } }, own.properties ? name : "", known))}`;
      return `${head}${kinds
        .map(
          (variant) =>
            `### ${name}: ${kindOf(variant)}\n\n${sentence(variant.description)}${settingsTable(settingsOf(variant, name, known))}`,
        )
        .join("\n")}`;
    });
  return [`## At the top\n\n${settingsTable(settingsOf(simple, "", known))}`, ...sections].join(
    "\n",
  );
}

function isBlock(node: SchemaNode): boolean {
  return (
    node.properties !== undefined ||
    variantsOf(node).some(({ properties }) => properties !== undefined) ||
    (node.items !== undefined && isBlock(node.items))
  );
}

const READING = `\`a.b\` is the setting \`b\` of the block \`a\`, \`a[]\` an entry of a list, \`a.NAME\` an entry of your own naming, \`a(kind)\` a block
of that kind. An unknown key is an error, and the message says what you may have meant.
`;

/** Every setting of an experiment, from the schema that reads it. */
export function experimentPage(): string {
  return `# Every setting of an experiment

${madeBy("the schema of experiments")}An experiment is a YAML file. \`npx atoll schema\` prints the same as a JSON Schema, for editors. What the data settings are for
stands in [data](../data.md), what privacy promises in [privacy](../privacy.md).

${READING}
${blockPage(experimentJsonSchema(), ELSEWHERE)}`;
}

/** Every setting of a tune file. */
export function tunePage(): string {
  return `# Every setting of a tune file

${madeBy("the schema of tune files")}What \`atoll tune\` does stands in [tuning](../tune.md).

${READING}
${blockPage(tuneJsonSchema(), {})}`;
}

const schemaOf = (config: z.ZodType) =>
  resolved(z.toJSONSchema(config, { io: "input" }) as SchemaNode);

const ROLES = {
  baseline: "baseline",
  reference: "reference that no federation can have",
  federated: "federated",
} as const;

/** Every method, from the registry. */
export function methodsPage(): string {
  const rows = Object.entries(methods).map(([kind, { summary, role }]) => [
    `[\`${kind}\`](#${kind})`,
    ROLES[role],
    cell(summary),
  ]);
  const shared = experimentEntry().properties!;
  const own = new Set(["name", "model", "training", "federation", "privacy", "startFrom"]);
  const overrides: SchemaNode = {
    properties: Object.fromEntries(
      Object.entries(shared)
        .filter(([name]) => own.has(name))
        .map(([name, node]) => [
          name,
          {
            ...(node.description === undefined ? {} : { description: node.description }),
            ...(node.default === undefined ? {} : { default: node.default }),
            ...(name === "startFrom" || name === "name" ? node : { type: "block" }),
          },
        ]),
    ),
  };
  const sections = Object.entries(methods).map(([kind, { config, summary, privacy }]) => {
    const promises =
      privacy === undefined || privacy.length === 0
        ? "Promises: none.\n\n"
        : `Promises: ${privacy.map((name) => `\`${name}\``).join(", ")}.\n\n`;
    return `## ${kind}\n\n${cell(summary)}\n\n${promises}${settingsTable(settingsOf(schemaOf(config), "", new Map()))}`;
  });
  return `# Every method and its settings

${madeBy("the registry of methods")}What is ours in a method, and where it departs from its paper, stands in [methods](../methods.md).

${table(["kind", "role", "what it does"], rows)}
Every entry may say these as well, whatever its kind:

${settingsTable(settingsOf(overrides, "", new Map()))}
${sections.join("\n")}`;
}

/** A block of `methods:` as the experiment's schema has it, with what every entry may say. */
function experimentEntry(): SchemaNode {
  const root: SchemaNode = experimentJsonSchema();
  const { methods: list } = resolved(root).properties!;
  return variantsOf(list!.items!).find((variant) => kindOf(variant) === "local")!;
}

/** Every model, from the registry. */
export function modelsPage(): string {
  const rows = Object.entries(models).map(([kind, { summary }]) => [
    `[\`${kind}\`](#${kind})`,
    cell(summary),
  ]);
  const sections = Object.entries(models).map(
    ([kind, { config, summary }]) =>
      `## ${kind}\n\n${sentence(summary)}${settingsTable(settingsOf(schemaOf(config), "", new Map()))}`,
  );
  return `# Every model and its settings

${madeBy("the registry of models")}Formulas stand in [models](../models.md).

${table(["kind", "what it is"], rows)}
${sections.join("\n")}`;
}

/** Every metric, from the registry. */
export function metricsPage(): string {
  const rows = Object.entries(metrics).map(
    ([name, { label, summary, higherIsBetter, needs, probabilities, cutoff }]) => [
      `\`${cutoff ? `${name}@k` : name}\``,
      label,
      higherIsBetter ? "higher" : "lower",
      needs === "lists" ? "ranked lists" : "labelled rows",
      probabilities ? "yes" : "no",
      cell(summary),
    ],
  );
  return `# Every metric

${madeBy("the registry of metrics")}\`evaluation.metrics\` names them; the first is the headline unless \`evaluation.headline\` says another. \`k\` is any whole number, as in
\`ndcg@10\`. In data with several labels, \`auc:conversion\` is the AUC of the label \`conversion\`. A metric that asks for probabilities is
left out of tables for methods whose scores are none.

${table(["name", "label", "better is", "measured on", "probabilities", "meaning"], rows)}`;
}
