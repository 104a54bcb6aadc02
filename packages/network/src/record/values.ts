import type { Claim } from "../protocol/types.ts";
import type { Row } from "./types.ts";

/** Parameters as both databases take them: whole numbers, texts, and null where there is nothing. */
export function toParams(params: readonly unknown[]): (string | number | null)[] {
  return params.map((value) => {
    if (value === undefined || value === null) return null;
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value))
        throw new TypeError(`the record keeps whole numbers, not ${value}`);
      return value;
    }
    if (typeof value === "string") return plainText(value);
    throw new TypeError(`the record keeps numbers and texts, not ${typeof value}`);
  });
}

/** The text as both databases keep it: PostgreSQL takes no NUL, and neither keeps halves of characters. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

export function textOf(row: Row, column: string): string {
  return row[column] as string;
}

export function maybeTextOf(row: Row, column: string): string | undefined {
  return (row[column] as string | null) ?? undefined;
}

/** Drivers hand out 64-bit integers as numbers or as text. */
export function numberOf(row: Row, column: string): number {
  return Number(row[column]);
}

export function maybeNumberOf(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : numberOf(row, column);
}

/** A claim in two columns, `x_sha256` and `x_bytes`. */
export function claimOf(row: Row, name: string): Claim {
  return { sha256: textOf(row, `${name}_sha256`), sizeBytes: numberOf(row, `${name}_bytes`) };
}

export function maybeClaimOf(row: Row, name: string): Claim | undefined {
  return row[`${name}_sha256`] === null ? undefined : claimOf(row, name);
}

/** `($1, $2), ($3, $4)`: places for so many rows. */
export function placesFor(numRows: number, numColumns: number): string {
  const row = (first: number) =>
    Array.from({ length: numColumns }, (_, i) => `$${first + i + 1}`).join(", ");
  return Array.from({ length: numRows }, (_, i) => `(${row(i * numColumns)})`).join(", ");
}
