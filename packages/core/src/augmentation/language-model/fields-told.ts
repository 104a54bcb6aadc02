import type { LanguageModelSettings } from "../config.ts";
import type { AugmentationStage } from "../types.ts";
import { TITLE } from "./titles.ts";

/** What the prompts of a stage tell, in words for people. */
export interface FieldsTold {
  readonly stage: AugmentationStage;
  readonly fields: readonly string[];
}

/** All that prompts tell of users and items beside the wording of the templates. */
export function fieldsTold(settings: LanguageModelSettings): readonly FieldsTold[] {
  return settings.stages.map((stage) => ({ stage, fields: toldBy(stage, settings) }));
}

function toldBy(
  stage: AugmentationStage,
  { send, candidates }: LanguageModelSettings,
): readonly string[] {
  const { history, ages, domains, redact } = send;
  const redacted =
    redact.length === 0
      ? ""
      : `, without what ${redact.length === 1 ? "a pattern matches" : `${redact.length} patterns match`}`;
  const titles = (of: string) => `titles of ${of}, up to ${TITLE} characters each${redacted}`;
  const past = [
    titles(`a user's latest ${history} training events`),
    ...(ages === "none" ? [] : [AGES[ages]]),
  ];
  const named = domains ? ["the domain of each"] : [];
  switch (stage) {
    case "items":
      return [titles("all items"), ...named];
    case "profiles":
      return [...past, ...named];
    case "sequences":
      return [
        ...past,
        titles(`up to ${candidates} items per user and domain that the user did not have`),
        ...named,
      ];
  }
}

const AGES = {
  bucket: "how long before the user's latest event they were: this week, month, year or earlier",
  exact: "how many days before the user's latest event they were",
} as const;
