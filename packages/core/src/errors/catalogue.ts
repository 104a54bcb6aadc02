/**
 * Every error code, with what it means. docs/reference/errors.md lists the same codes; a test holds
 * the two against each other, and every code against its use in the sources.
 */
export const catalogue = {
  DATA_EMPTY_FILE: "a client's file has no rows",
} as const;

export type ErrorCode = keyof typeof catalogue;
