import { stripVTControlCharacters } from "node:util";
import { droppedIn, type AugmentationInspection } from "@atoll/node/augmentation";
import { counted } from "./augmentation-lines.ts";
import { table } from "./table.ts";

const number = (value: number) => value.toLocaleString("en-US");
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** What augmentation says, job by job: numbers, then examples. */
export function inspectionText(found: readonly AugmentationInspection[]): string {
  return found.map((one) => oneText(one)).join("\n\n");
}

function oneText(found: AugmentationInspection): string {
  const { methods, kind, model } = found;
  const parts = [`${methods.join(", ")}: ${model === undefined ? kind : `${kind}, ${model}`}`];
  const answers = answersTable(found);
  if (answers !== undefined) parts.push(answers);
  parts.push(numbersTable(found), ...exampleTexts(found));
  return parts.join("\n\n");
}

/** What became of prompts; none where nobody was to be asked. */
function answersTable({ tally, acceptance }: AugmentationInspection): string | undefined {
  if (tally === undefined) return undefined;
  const rows = Object.entries(tally).map(([stage, own]) => [
    stage,
    number(own.answered),
    number(droppedIn(own)),
    number(own.missing),
    Object.entries(own.dropped)
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason} ${number(count)}`)
      .join(", "),
  ]);
  const header = ["prompts", "answered", "dropped", "missing", "dropped because"];
  const share = acceptance === undefined ? "" : `\naccepted: ${percent(acceptance)} of those asked`;
  return `${table([header, ...rows], { left: [0, 4] })}${share}`;
}

function numbersTable(found: AugmentationInspection): string {
  const { users, augmented, meanLength, density } = found;
  const rows = [
    ["", "before", "after"],
    ["events of a user", meanLength.before.toFixed(2), meanLength.after.toFixed(2)],
    ["share of user-item pairs", density.before.toExponential(2), density.after.toExponential(2)],
    ["sparsity", sparsity(density.before), sparsity(density.after)],
  ];
  return `${table(rows)}\n${number(augmented)} of ${counted(users, "user")} got a liked item`;
}

function sparsity(density: number): string {
  return `${(100 * (1 - density)).toFixed(4)}%`;
}

function exampleTexts({ examples }: AugmentationInspection): string[] {
  const list = (titles: readonly string[]) =>
    titles.length === 0 ? "nothing" : titles.map((title) => `"${plain(title)}"`).join(", ");
  const parts = [
    examples.items.map(
      ({ domain, title, words }) => `  ${plain(domain)} "${plain(title)}"\n    ${plain(words)}`,
    ),
    examples.profiles.map(({ history, words }) => `  had ${list(history)}\n    ${plain(words)}`),
    examples.sequences.map(
      ({ history, domain, liked, disliked }) =>
        `  had ${list(history)}\n    in ${plain(domain)} likes ${list(liked)}; dislikes ${list(disliked)}`,
    ),
  ];
  const titles = ["Items", "Users", "Sequences"];
  return parts.flatMap((lines, i) =>
    lines.length === 0 ? [] : [`${titles[i]!}\n${lines.join("\n")}`],
  );
}

/** Characters that a text shows: one from elsewhere moves no cursor and sets no colour. */
const LONGEST = 160;

function plain(text: string): string {
  const shown = stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
  const characters = [...shown];
  return characters.length <= LONGEST ? shown : `${characters.slice(0, LONGEST - 1).join("")}…`;
}
