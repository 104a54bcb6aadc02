import type { LinesPage } from "@atoll/network/operations";
import { cellName, roundName } from "./cell-name.ts";

type Line = LinesPage["lines"][number];

export interface ReadLine extends Pick<Line, "cell"> {
  readonly stage: string;
  readonly round: number;
  readonly client: string;
  readonly values: Readonly<Record<string, number>>;
}

/** A line of metrics as the server wrote it down. */
export function readLine({ cell, line }: Line): ReadLine {
  return { ...(JSON.parse(line) as Omit<ReadLine, "cell">), cell };
}

/** Which numbers a reader looks at first. */
export interface Shown {
  readonly headline: string;
  readonly selectBy: string;
}

/**
 * One line a round, client by client: the loss, what validation says, and at last the headline metric of the test rows.
 * Rounds without such numbers are left out.
 */
export function roundLines(
  lines: readonly Line[],
  { headline, selectBy }: Shown,
): readonly string[] {
  const rounds = Map.groupBy(
    lines.map(readLine),
    ({ cell, stage, round }) => `${cellName(cell)} ${roundName(stage, round)}`,
  );
  return [...rounds].flatMap(([name, own]) => {
    const said = [
      ["loss", numbers(own, (key, { client }) => (key === "trainLoss" ? client : undefined))],
      [`valid ${selectBy}`, numbers(own, (key) => /^valid\/(.+)$/.exec(key)?.[1])],
      [`test ${headline}`, numbers(own, (key) => testKey(key, headline))],
    ] as const;
    const told = said.flatMap(([what, values]) =>
      values.length === 0 ? [] : [`${what}: ${values.join(", ")}`],
    );
    return told.length === 0 ? [] : [`${name}  ${told.join("  ")}`];
  });
}

/** The client that a value on test rows is of, if it is one of this metric. */
export function testKey(key: string, metric: string): string | undefined {
  return key.startsWith("test/") && key.endsWith(`/${metric}`)
    ? key.slice("test/".length, -metric.length - 1)
    : undefined;
}

function numbers(
  lines: readonly ReadLine[],
  nameOf: (key: string, line: ReadLine) => string | undefined,
): readonly string[] {
  return lines.flatMap((line) =>
    Object.entries(line.values).flatMap(([key, value]) => {
      const name = nameOf(key, line);
      return name === undefined ? [] : [`${name} ${value.toFixed(4)}`];
    }),
  );
}
