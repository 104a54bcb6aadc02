import type { RunEvent } from "@atoll/node/runs";
import { duration } from "./units.ts";

export type AugmentationEvent = Extract<
  RunEvent,
  { readonly kind: "augmentation-planning" | "augmentation-leaves" | "augmenting" | "augmented" }
>;

type Event<Kind extends AugmentationEvent["kind"]> = Extract<AugmentationEvent, { kind: Kind }>;

/** When a model's first answer came, and how many prompts were settled then. */
export interface AskingSince {
  readonly model: string;
  readonly ms: number;
  readonly done: number;
}

const number = (value: number) => value.toLocaleString("en-US");

export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** What asking took. */
function spentText({ calls, promptTokens, answerTokens, money }: Event<"augmented">["spent"]) {
  const parts = [counted(calls, "call"), `${number(promptTokens + answerTokens)} tokens`];
  if (money > 0) parts.push(`${moneyText(money)} spent`);
  return parts.join(", ");
}

/** In the currency of the prices, which nobody names. */
export function moneyText(money: number): string {
  return money.toFixed(money < 1 ? 4 : 2);
}

/** Where the asking began, for its rate: with the model's first event. */
export function askingSince(
  since: AskingSince | undefined,
  { model, done }: Event<"augmenting">,
  nowMs: number,
): AskingSince {
  return since?.model === model ? since : { model, ms: nowMs, done };
}

/** How far it is: share, rate, time left, what was dropped and spent. */
export function askingLine(
  { model, done, total, dropped, spent }: Event<"augmenting">,
  since: AskingSince,
  nowMs: number,
): string {
  const seconds = (nowMs - since.ms) / 1000;
  const own = done - since.done;
  const parts = [
    `asking ${model}: ${number(done)} of ${number(total)} (${Math.floor((100 * done) / total)}%)`,
  ];
  if (own > 0 && seconds > 0) {
    const rate = own / seconds;
    parts.push(`${rate < 10 ? rate.toPrecision(2) : number(Math.round(rate))}/s`);
    parts.push(`${duration(((total - done) * seconds) / own)} left`);
  }
  if (dropped > 0) parts.push(`${number(dropped)} dropped`);
  parts.push(spentText(spent));
  return parts.join("  ");
}

export function planningLine({
  model,
  stage,
  done,
  total,
}: Event<"augmentation-planning">): string {
  return `looking up what ${model} has to be asked: ${stage} ${number(done)} of ${number(total)}`;
}

export function augmentedLine({ model, answered, dropped, missing, spent }: Event<"augmented">) {
  const without = missing > 0 ? `, ${number(missing)} without an answer` : "";
  return `${model}: ${number(answered)} answered, ${number(dropped)} dropped${without}; ${spentText(spent)}`;
}

/** What leaves this machine, before it does. */
export function leavingText(event: Omit<Event<"augmentation-leaves">, "kind">): string {
  const { model, host, fields, users, items, calls, promised } = event;
  const width = Math.max(...fields.map(({ stage }) => stage.length));
  const lines = [
    `Prompts for ${model} leave this machine, to ${host}:`,
    ...fields.map(({ stage, fields: told }) => {
      const many = stage === "items" ? counted(items, "item") : counted(users, "user");
      return `  ${stage.padEnd(width)}  ${told.join(", ")} (${many})`;
    }),
    `  in all ${counted(calls, "call")}`,
  ];
  if (promised.length > 0)
    lines.push(
      `The promise of privacy of ${promised.join(", ")} covers nothing of this: it is about what training releases, not about what the model's server is told.`,
    );
  return `${lines.join("\n")}\n`;
}
