import type { LanguageModelSettings } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import type { Spent } from "./budget.ts";

/** What an error calls the model's side. */
function serverOf(settings: LanguageModelSettings): string {
  return settings.kind === "local"
    ? `augmentation.model: "${settings.model}"`
    : // Without its query, which may hold a key.
      `augmentation.baseUrl: the server at ${new URL(settings.baseUrl).host}`;
}

const KEPT = "answers that came are kept, and only the others are asked when it runs again";

/** `problem` continues the name of the server, and says what to change. */
export function refused(settings: LanguageModelSettings, problem: string): AtollError {
  return new AtollError("AUGMENTATION_SERVER", `${serverOf(settings)} ${problem}; ${KEPT}`);
}

export function silent(settings: LanguageModelSettings, problem: string): AtollError {
  const retries = settings.kind === "local" ? 0 : settings.retries;
  const tries = retries === 0 ? "" : `, also in the last of ${retries + 1} tries`;
  return new AtollError(
    "AUGMENTATION_SERVER",
    `${serverOf(settings)} ${problem}${tries}; see that it runs and can be reached; ${KEPT}`,
  );
}

export function waitsTooLong(settings: LanguageModelSettings, waitMs: number): AtollError {
  return new AtollError(
    "AUGMENTATION_SERVER",
    `${serverOf(settings)} asks to wait for ${Math.ceil(waitMs / 60_000)} minutes; ${KEPT}`,
  );
}

export function incomprehensible(settings: LanguageModelSettings, reason: string): AtollError {
  return refused(
    settings,
    `has sent no completion that can be read so far (${reason}); see that it is one for chat completions`,
  );
}

export function budgetSpent(
  { budget }: LanguageModelSettings,
  {
    spent,
    ended,
    planned,
  }: {
    readonly spent: Spent;
    /** Prompts that have an answer or were dropped since. */
    readonly ended: number;
    readonly planned: number | undefined;
  },
): AtollError {
  const limits = Object.entries(budget).map(([name, limit]) => `${name} ${number(limit)}`);
  const money = spent.money > 0 ? ` and ${spent.money.toPrecision(4)} of money` : "";
  const left =
    planned === undefined
      ? ""
      : `${number(Math.max(0, planned - ended))} of ${number(planned)} prompts are still to be asked; `;
  return new AtollError(
    "AUGMENTATION_BUDGET",
    `augmentation.budget: ${number(spent.calls)} calls, ${number(spent.promptTokens + spent.answerTokens)} tokens${money} ` +
      `are spent, and another call does not fit into ${limits.join(", ")}; ${left}run again to spend as much once more, raise the budget, ` +
      "or set augmentation.partial to true to go on without the others",
  );
}

function number(value: number): string {
  return value.toLocaleString("en");
}
