import type { DatabaseSync } from "node:sqlite";
import { openAnswersDatabase, readAnswersDatabase, withStoreErrors } from "./store-database.ts";

/** What became of a prompt. */
export type StoredAnswer =
  | { readonly kind: "answered"; readonly text: string }
  /** Asked once; the answer was not accepted. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** Asked twice, and not asked again. */
  | { readonly kind: "dropped"; readonly reason: string };

/** Answers by key: see `answerKey`. Holds neither prompts nor names. */
export interface AnswerStore {
  readonly get: (key: string) => StoredAnswer | undefined;
  /** Kept once it returns, whatever happens to the process. What was answered or dropped before stays. */
  readonly put: (key: string, answer: StoredAnswer) => void;
  readonly close: () => void;
}

/**
 * The store in a file, made where there is none; several processes and threads may use it at a time.
 * `readOnly`: makes no file, and is empty where there is none. Throws AUGMENTATION_STORE.
 */
export function openAnswers(
  path: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): AnswerStore {
  const database = readOnly ? readAnswersDatabase(path) : openAnswersDatabase(path);
  const get = database === undefined ? () => undefined : reading(database, path);
  return {
    get,
    put: readOnly ? refuse : writing(database!, path),
    close: () => database?.close(),
  };
}

function reading(database: DatabaseSync, path: string): AnswerStore["get"] {
  const select = database.prepare("SELECT kind, content FROM answers WHERE key = ?");
  return (key) =>
    withStoreErrors(path, () => {
      const row = select.get(bytesOf(key)) as { kind: string; content: string } | undefined;
      if (row === undefined) return undefined;
      const { kind, content } = row;
      if (kind === "answered") return { kind, text: content };
      if (kind === "rejected" || kind === "dropped") return { kind, reason: content };
      throw new RangeError(`${path} holds an answer of the unknown kind ${kind}`);
    });
}

function writing(database: DatabaseSync, path: string): AnswerStore["put"] {
  const upsert = database.prepare(
    `INSERT INTO answers (key, kind, content) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, content = excluded.content
     WHERE kind = 'rejected'`,
  );
  return (key, answer) =>
    withStoreErrors(path, () => {
      const content = answer.kind === "answered" ? answer.text : answer.reason;
      upsert.run(bytesOf(key), answer.kind, content);
    });
}

function bytesOf(key: string): Buffer {
  return Buffer.from(key, "base64url");
}

function refuse(): never {
  throw new RangeError("the store was opened for reading only");
}
