import { catalogue, errorFamilies, nearest, type ErrorCode } from "@atoll/core/errors";
import type { AtollContext } from "../context.ts";
import { UsageError } from "./usage-error.ts";

export function action(context: AtollContext, _flags: object, word?: string): Promise<void> {
  context.process.stdout.write(word === undefined ? allCodes() : explained(word));
  return Promise.resolve();
}

/** A code is taken as it is copied: with brackets, in any case. */
function explained(word: string): string {
  const code = word.replace(/^\[|\]$/g, "").toUpperCase();
  if (!Object.hasOwn(catalogue, code)) {
    const meant = nearest(code, Object.keys(catalogue));
    throw new UsageError(
      `there is no error code "${word}"; ${meant === undefined ? "" : `did you mean ${meant}? `}atoll explain lists them all`,
    );
  }
  const { meaning, wayOut } = catalogue[code as ErrorCode];
  return `${code}: ${meaning}.\n${wayOut}\n`;
}

function allCodes(): string {
  return errorFamilies
    .map(({ title, codes }) => {
      const width = Math.max(...Object.keys(codes).map((code) => code.length));
      const lines = Object.entries(codes).map(
        ([code, { meaning }]) => `  ${code.padEnd(width)}  ${meaning}`,
      );
      return `${title}\n${lines.join("\n")}\n`;
    })
    .join("\n");
}
