import type { ChatMessage, Template } from "../services.ts";
import type { AugmentationStage } from "../types.ts";
import { itemsAnswer } from "./items.ts";
import type { Marks } from "./lines.ts";
import { profileAnswer } from "./profiles.ts";
import { sequencesAnswer } from "./sequences.ts";

/** The places of a stage's `user` text; each has to be there. */
export const PLACES = {
  items: ["count", "items"],
  profiles: ["history"],
  sequences: ["history", "candidates", "liked", "disliked"],
} as const satisfies Record<AugmentationStage, readonly string[]>;

export type PlaceValues<Stage extends AugmentationStage> = Readonly<
  Record<(typeof PLACES)[Stage][number], string | number>
>;

const PLACE = /\{\{(\w+)\}\}/g;
/** `{{domain food}}` and `{{ago 12}}`, in examples: as lines of a prompt write them, or nothing. */
const MARK = /\{\{(domain|ago) ([^{}]+)\}\}/g;
const TAG = /\{\{(?:[^{}]*\}\})?/g;

/** Conversations in a template's wording. Values are put in once: braces inside them stay what they are. */
export function conversationOf<Stage extends AugmentationStage>(
  template: Template,
  { domain, ago }: Marks,
): (values: PlaceValues<Stage>) => readonly ChatMessage[] {
  const marked = (text: string) =>
    text.replaceAll(MARK, (_, kind: string, value: string) =>
      kind === "domain" ? domain(value) : ago(Number(value)),
    );
  const before: readonly ChatMessage[] = [
    { role: "system", content: template.system },
    ...template.examples.flatMap(({ user, assistant }): ChatMessage[] => [
      { role: "user", content: marked(user) },
      { role: "assistant", content: assistant },
    ]),
  ];
  return (values) => {
    const known: Readonly<Record<string, string | number>> = values;
    const content = template.user.replaceAll(PLACE, (_, name: string) => String(known[name]));
    return [...before, { role: "user", content }];
  };
}

/** What is wrong with a template of a stage, each as `place in the file: what`; none: it can be used. */
export function templateProblems(stage: AugmentationStage, template: Template): readonly string[] {
  const places: readonly string[] = PLACES[stage];
  const tags: readonly string[] = template.user.match(TAG) ?? [];
  const tagOf = (name: string) => `{{${name}}}`;
  const known = places.map(tagOf);
  const problems = tags
    .filter((tag) => !known.includes(tag))
    .map((tag) => `user: ${tag} is no place; there are ${known.join(", ")}`);
  for (const tag of known)
    if (!tags.includes(tag)) problems.push(`user: ${tag} is missing; write it where it belongs`);
  for (const tag of template.system.match(TAG) ?? [])
    problems.push(`system: ${tag} is filled with nothing; places stand in user`);
  template.examples.forEach(({ user, assistant }, n) => {
    for (const tag of user.match(TAG) ?? [])
      if (!isMark(tag))
        problems.push(
          `examples.${n}.user: ${tag} is filled with nothing; {{domain NAME}} and {{ago DAYS}} are`,
        );
    const read = exampleAnswer(stage).parse(assistant);
    if (!read.ok)
      problems.push(
        `examples.${n}.assistant: ${read.reason}; write an answer that would be accepted`,
      );
  });
  return problems;
}

function isMark(tag: string): boolean {
  const [, kind, value] = tag.match(/^\{\{(domain|ago) ([^{}]+)\}\}$/) ?? [];
  return kind === "domain" || (kind === "ago" && /^\d+$/.test(value!));
}

/** How many an example speaks of is up to it. */
const MANY = 1000;

function exampleAnswer(stage: AugmentationStage) {
  switch (stage) {
    case "items":
      return itemsAnswer(1, MANY);
    case "profiles":
      return profileAnswer();
    case "sequences":
      return sequencesAnswer({ candidates: MANY, liked: MANY, disliked: MANY });
  }
}
