import { type Settings, merged } from "../settings.ts";

/** Names of rows that comparisons speak of. */
export const NONE = "none";
export const ALL = "all";
export const UNGUARDED = "all-no-idra";
export const SEQUENCES = "sequences";
/** Candidates that are like the history, and not drawn by popularity. */
export const SIMILAR = "sequences-similar";
export const ALL_SIMILAR = "all-similar";
export const ITEMS = "items";
export const PROFILES = "profiles";
export const TITLES = "titles";
export const RANDOM = "random";
export const RANDOM_SEQUENCES = "random-sequences";

/** One thing changed of a model without augmentation. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly settings: Settings;
}

const heuristic = (...stages: readonly string[]): Settings => ({
  augmentation: { kind: "heuristic", ...(stages.length > 0 && { stages }) },
});

/** Every table's rows, in order. */
export const ROWS: readonly Row[] = [
  { name: NONE, title: "none", settings: {} },
  { name: ITEMS, title: "words for items alone", settings: heuristic("items") },
  { name: PROFILES, title: "words for users alone", settings: heuristic("profiles") },
  { name: SEQUENCES, title: "liked and disliked items alone", settings: heuristic("sequences") },
  { name: ALL, title: "all three", settings: heuristic() },
  {
    name: UNGUARDED,
    title: "all three, IDRA off (lambda1 0)",
    settings: { ...heuristic(), idra: { weight: 0 } },
  },
  {
    name: SIMILAR,
    title: "liked and disliked items, from the 100 most alike",
    settings: {
      augmentation: { kind: "heuristic", stages: ["sequences"], pool: { similar: 100 } },
    },
  },
  {
    name: ALL_SIMILAR,
    title: "all three, from the 100 most alike",
    settings: { augmentation: { kind: "heuristic", pool: { similar: 100 } } },
  },
  ...[0.1, 0.6].map((weight) => ({
    name: `all-lambda1-${weight}`,
    title: `all three, lambda1 ${weight}`,
    settings: { ...heuristic(), idra: { weight } },
  })),
  {
    name: RANDOM,
    title: "all three at random, of the same size",
    settings: { augmentation: { kind: "random" } },
  },
  {
    name: RANDOM_SEQUENCES,
    title: "liked and disliked items at random",
    settings: { augmentation: { kind: "random", stages: ["sequences"] } },
  },
  {
    name: TITLES,
    title: "none, but titles beside the items' table",
    settings: { items: { vectors: "public-and-learned" } },
  },
];

/** All rows of one method, a method of the experiment each. */
export const methodsOf = (
  method: (name: string) => Settings,
  rows: readonly Row[] = ROWS,
): readonly Settings[] => rows.map(({ name, settings }) => merged(method(name), settings));

/** What a page asks: whether one row is better than another. */
export interface Question {
  readonly title: string;
  readonly method: string;
  readonly against: string;
}

export const QUESTIONS: readonly Question[] = [
  { title: "all three against none", method: ALL, against: NONE },
  { title: "words for items against none", method: ITEMS, against: NONE },
  { title: "words for users against none", method: PROFILES, against: NONE },
  { title: "liked and disliked items against none", method: SEQUENCES, against: NONE },
  {
    title: "liked and disliked items from the 100 most alike against none",
    method: SIMILAR,
    against: NONE,
  },
  { title: "all three, from the 100 most alike, against none", method: ALL_SIMILAR, against: NONE },
  { title: "all three against as much at random", method: ALL, against: RANDOM },
  {
    title: "liked and disliked items against as many at random",
    method: SEQUENCES,
    against: RANDOM_SEQUENCES,
  },
  { title: "as much at random against none", method: RANDOM, against: NONE },
  { title: "all three against themselves without IDRA", method: ALL, against: UNGUARDED },
  { title: "words for items against their plain titles", method: ITEMS, against: TITLES },
];
