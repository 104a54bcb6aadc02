import { resolveMethod } from "@atoll/core/methods";
import type { Experiment } from "./schema.ts";
import type { Path, PathIssue } from "./zod-issues.ts";

/** Settings of methods that have encoders of their own, or read popularity by windows. */
interface SequenceSettings extends Partial<Windows> {
  readonly width?: number;
  readonly heads?: number;
  readonly request?: Windows;
}

interface Windows {
  readonly recency: number;
  readonly windowsDays: readonly number[];
  readonly windowWeights: readonly number[];
}

/** Whether attention heads fit widths, and windows of time their weights. */
export function sequenceChecks(experiment: Experiment): PathIssue[] {
  return experiment.methods.map(resolveMethod).flatMap((entry, i) => {
    const { request, ...own } = entry as unknown as SequenceSettings;
    const at: Path = ["methods", i];
    return [
      ...checkHeads(own, at),
      ...(request === undefined ? [] : checkWindows(request, [...at, "request"])),
      ...(own.windowsDays === undefined ? [] : checkWindows(own as Windows, at)),
    ];
  });
}

function checkHeads({ width, heads }: SequenceSettings, at: Path): PathIssue[] {
  if (width === undefined || heads === undefined || width % heads === 0) return [];
  const divisors = Array.from({ length: width }, (_, k) => k + 1).filter((k) => width % k === 0);
  return [
    {
      path: [...at, "heads"],
      message: `${heads} heads do not divide the width ${width}; give ${divisors.slice(0, -1).join(", ")} or ${width}, or another width`,
    },
  ];
}

function checkWindows({ recency, windowsDays, windowWeights }: Windows, at: Path): PathIssue[] {
  if (recency === 0 || windowsDays.length === windowWeights.length) return [];
  const count = (things: readonly unknown[], name: string) =>
    `${things.length} ${name}${things.length === 1 ? "" : "s"}`;
  return [
    {
      path: [...at, "windowWeights"],
      message: `has ${count(windowWeights, "weight")} (${windowWeights.join(", ")}) for ${count(windowsDays, "window")} (${windowsDays.join(", ")} days); give each window a weight`,
    },
  ];
}
