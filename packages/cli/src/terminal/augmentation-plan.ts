import type { AugmentationPlan } from "@atoll/node/augmentation";
import { counted, moneyText } from "./augmentation-lines.ts";
import { table } from "./table.ts";
import { duration } from "./units.ts";

const number = (value: number) => Math.round(value).toLocaleString("en-US");

/** What asking would take, model by model. */
export function planText(plans: readonly AugmentationPlan[]): string {
  if (plans.length === 0)
    return "No method asks a language model: there is nothing to ask and nothing to pay.";
  return plans.map((plan) => onePlan(plan)).join("\n\n");
}

function onePlan(plan: AugmentationPlan): string {
  const { model, methods, stages, calls, promptTokens, answerTokens } = plan;
  const rows = Object.entries(stages)
    .filter(([, { prompts }]) => prompts > 0)
    .map(([stage, own]) => [
      stage,
      number(own.prompts),
      `${number(own.cached)} (${Math.floor((100 * own.cached) / own.prompts)}%)`,
      number(own.prompts - own.cached),
      number(own.promptTokens),
      number(own.answerTokens),
      number(own.mostAnswerTokens),
    ]);
  const header = [
    "stage",
    "prompts",
    "answered before",
    "calls",
    "prompt tokens",
    "answer tokens",
    "at most",
  ];
  const all = [
    "all",
    "",
    "",
    number(calls),
    number(promptTokens),
    number(answerTokens.expected),
    number(answerTokens.most),
  ];
  return [
    `${model}, for ${methods.join(", ")}`,
    table([header, ...rows, ...(rows.length > 1 ? [all] : [])]),
    [...costLines(plan), ...fieldLines(plan)].join("\n"),
  ].join("\n\n");
}

function costLines({ money, minutes }: AugmentationPlan): string[] {
  return [
    "Tokens are estimated. An answer that is not accepted is asked for once more.",
    ...(money === undefined
      ? []
      : [`Money     ${moneyText(money.expected)}, at most ${moneyText(money.most)}`]),
    ...(minutes === undefined
      ? []
      : [`Time      ${duration(60 * minutes)} at the rates that the settings allow`]),
  ];
}

function fieldLines({ fields, users, items, host, promised }: AugmentationPlan): string[] {
  const told = fields.map(({ stage, fields: own }) => {
    const many = stage === "items" ? counted(items, "item") : counted(users, "user");
    return `  ${stage.padEnd(9)}  ${own.join(", ")} (${many})`;
  });
  const where =
    host === undefined
      ? "Prompts stay on this machine. They tell:"
      : `Prompts go to ${host}, another machine (which needs augmentation.allowRemote: true). They tell:`;
  return [
    "",
    where,
    ...told,
    ...(host === undefined || promised.length === 0
      ? []
      : [`The promise of privacy of ${promised.join(", ")} covers nothing of this.`]),
  ];
}
