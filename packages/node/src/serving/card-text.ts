import { roundedUp } from "@atoll/core/privacy";
import type { Card } from "./card.ts";

/** `card.md`: the card for people, with how to call the model. */
export function cardText(card: Card): string {
  const { client, method, experiment, data, privacy, verified } = card;
  const number = (value: number) => value.toLocaleString("en-US");
  return `# Model of ${client}

${experiment.description ?? experiment.name}. Trained by **${method.name}** (${method.role}), seed ${card.seed}.

${method.summary}${method.chosen === undefined ? "" : `\n\nChosen as ${method.chosen}; the test rows had no part in it.`}

## Call it

${callOf(card)} Any ONNX Runtime from 1.18 on runs it.

\`\`\`python
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("model.onnx")
answers = session.run(None, {
${card.inputs.map((input) => `    ${JSON.stringify(input.name)}: np.array(${python(card.example.inputs[input.name])}, dtype=${dtypes[input.type]}),`).join("\n")}
})
print(answers)  # ${card.outputs.map(({ name }) => `${name} ${JSON.stringify(card.example.outputs[name])}`).join(", ")}
\`\`\`

\`\`\`js
import { InferenceSession, Tensor } from "onnxruntime-node";

const session = await InferenceSession.create("model.onnx");
const answers = await session.run({
${card.inputs.map((input) => `  ${JSON.stringify(input.name)}: ${javascript(input, card.example.inputs[input.name])},`).join("\n")}
});
console.log(${card.outputs.map(({ name }) => `answers[${JSON.stringify(name)}].data`).join(", ")}); // ${card.outputs.map(({ name }) => JSON.stringify(card.example.outputs[name])).join(", ")}
\`\`\`

| input | type | shape | what it is |
| ----- | ---- | ----- | ---------- |
${card.inputs.map(({ name, type, shape, meaning }) => `| \`${name}\` | ${type} | [${shape.join(", ")}] | ${cell(meaning)} |`).join("\n")}

| output | type | shape | what it is |
| ------ | ---- | ----- | ---------- |
${card.outputs.map(({ name, type, shape, meaning }) => `| \`${name}\` | ${type} | [${shape.join(", ")}] | ${cell(meaning)} |`).join("\n")}

## How good it is

On the ${number(data.test)} test rows of ${client}, which training never saw; 95% intervals, over all seeds of the run.

| metric | ${client} | low | high | mean of all clients |
| ------ | --------- | --- | ---- | ------------------- |
${Object.entries(card.metrics)
  .map(
    ([metric, { mean, low, high }]) =>
      `| ${metric} | ${digits(mean)} | ${digits(low)} | ${digits(high)} | ${digits(card.macro[metric]?.mean)} |`,
  )
  .join("\n")}

## What it learned from

${number(data.train)} training rows, ${number(data.valid)} for validation${data.users > 0 ? `, ${number(data.users)} users` : ""}${data.items > 0 ? `, ${number(data.items)} items` : ""}. It knows ${
    Object.entries(data.vocabularies)
      .map(([feature, values]) => `${number(values)} values of ${feature}`)
      .join(", ") || "no vocabularies"
  }.

${card.protocol.map(({ topic, text }) => `- **${topic}**: ${text}`).join("\n")}

## Privacy

${
  privacy === null
    ? "Training made no promise of differential privacy."
    : `${privacy.kind}, unit ${privacy.unit} (${privacy.adjacency}): epsilon ${privacy.epsilon === "infinity" ? "infinity, which is no promise" : roundedUp(privacy.epsilon)} at delta ${privacy.delta}, by the accountant ${privacy.accountant}. ${privacy.words}`
}

The file holds:

${card.contains.map((what) => `- ${what}`).join("\n")}

## Limits

${card.limits.map((limit) => `- ${limit}`).join("\n")}

## Checked

${number(verified.rows)} made-up ${card.outputs[0]!.shape.length > 1 ? "requests" : "rows"} with missing and unknown values, in batches of several sizes, gave the same as \`atoll predict\` to within ${verified.difference.toExponential(1)} (allowed: ${verified.allowed}), in ${verified.runtime}.

Versions: ${Object.entries(card.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}
`;
}

/** What goes in and what comes out. */
function callOf({ outputs }: Card): string {
  if (outputs[0]!.shape.length > 1)
    return "A request in, with what was chosen before it; a probability for each of its candidates out.";
  return `One row of raw values in, ${outputs.length === 1 ? "one probability" : `${outputs.length} probabilities`} out.`;
}

const dtypes = { string: "object", float64: "np.float64", int64: "np.int64" };

/** Python reads JSON's texts and numbers as they are. */
function python(value: unknown): string {
  return JSON.stringify(value);
}

function javascript({ type, shape }: Card["inputs"][number], value: unknown): string {
  const flat = (value as unknown[]).flat();
  const size = shape.length === 1 ? [1] : [1, flat.length];
  const data =
    type === "string"
      ? JSON.stringify(flat)
      : type === "float64"
        ? `Float64Array.of(${flat.join(", ")})`
        : `BigInt64Array.of(${flat.map((one) => `${String(one)}n`).join(", ")})`;
  return `new Tensor("${type}", ${data}, ${JSON.stringify(size)})`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function digits(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(4);
}
