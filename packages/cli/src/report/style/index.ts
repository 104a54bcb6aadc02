import { charts } from "./charts.css.ts";
import { choices } from "./choices.css.ts";
import { codebooks } from "./codebooks.css.ts";
import { conflict } from "./conflict.css.ts";
import { domains } from "./domains.css.ts";
import { figures } from "./figures.css.ts";
import { page } from "./page.css.ts";
import { privacy } from "./privacy.css.ts";
import { questions } from "./questions.css.ts";
import { tables } from "./tables.css.ts";
import { theme } from "./theme.css.ts";

/** The whole style sheet. `longest` is the largest number of choices that one switch offers. */
export function styleSheet(longest: number): string {
  return [
    theme,
    page,
    tables,
    charts,
    figures,
    questions,
    codebooks,
    conflict,
    domains,
    privacy,
    choices(longest),
  ]
    .join("")
    .trim();
}
