import type { KeptRecommender } from "@atoll/core/methods";
import { HISTORY_COLUMN, type ExportInput } from "@atoll/core/serving";

/** What a row's score means. */
export function recommenderScore({ learned }: KeptRecommender, task: string): string {
  return learned.kind === "counts"
    ? `score of the item for ${task}, by how often it was chosen in training, row by row; the same for every user`
    : `score between 0 and 1 of user and item for ${task}, row by row; no frequency: only the order of a user's items means something`;
}

/** What an input of a recommender means beyond how its values are written; nothing for most. */
export function recommenderInput({ column }: ExportInput): string {
  return column === HISTORY_COLUMN
    ? '; items that the user chose, each of which counts once; all "": what the user chose in training'
    : "";
}

/** What the file of a recommender holds beside its vocabularies. */
export function recommenderContents({ learned }: KeptRecommender): readonly string[] {
  switch (learned.kind) {
    case "counts":
      return ["how often each item was chosen in training rows, as its score"];
    case "factors":
      return ["a vector of every user and item, from which much of what users chose can be told"];
    case "weights":
    case "neighbours": {
      const pairs = learned.positives.items.length.toLocaleString("en-US");
      return [
        `which items each user chose in training rows: all ${pairs} pairs, as they are`,
        "what items say for each other, from who chose both",
      ];
    }
  }
}

/** What its scores are not. */
export function recommenderLimits({ learned }: KeptRecommender): readonly string[] {
  switch (learned.kind) {
    case "counts":
      return [
        "the same for every user: it orders items, and knows of nobody",
        "an item that training rows did not hold counts as chosen 0 times",
      ];
    case "factors":
      return [
        "its scores order a user's items, and are no frequencies",
        "a user whom training rows did not hold is scored as the mean user, and learns nothing from a history",
        "an item that training rows did not hold has the vector that training began with: its score says nothing",
      ];
    case "weights":
    case "neighbours":
      return [
        "its scores order a user's items, and are no frequencies",
        "a row with a history is scored by that alone, one without by what its user chose in training; of nothing known the score is 0.5",
      ];
  }
}
