/** What a code stands for, and what its reader does next. Both hold at every place that throws it. */
export interface ErrorEntry {
  /** One clause in small letters, without a full stop. */
  readonly meaning: string;
  /** One sentence. An error's own message is closer: it knows the names and the values. */
  readonly wayOut: string;
}

/** Codes that a reader meets together. */
export interface ErrorFamily {
  readonly title: string;
  readonly codes: Readonly<Record<string, ErrorEntry>>;
}
