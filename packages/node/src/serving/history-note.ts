import { AtollError, AtollErrors } from "@atoll/core/errors";
import { HISTORY_COLUMN } from "@atoll/core/serving";

/** The error, which says what to do where new rows lack a column that no file of training rows has. */
export function withHistoryNote(error: unknown): unknown {
  return eachNoted(error, noted);
}

/** The error, or all errors in it, with what a note adds. */
export function eachNoted(error: unknown, note: (error: AtollError) => AtollError): unknown {
  if (error instanceof AtollErrors) return new AtollErrors(error.errors.map(note));
  return error instanceof AtollError ? note(error) : error;
}

function noted(error: AtollError): AtollError {
  const lacks = error.message.includes(`no column "${HISTORY_COLUMN}"`);
  if (error.code !== "DATA_MISSING_COLUMN" || !lacks) return error;
  return new AtollError(
    error.code,
    `${error.message}; the model reads what the user chose before: add the column "${HISTORY_COLUMN}" with those items, oldest first, such as "a|b|c" (of training rows it was made of the rows themselves)`,
    { cause: error },
  );
}
