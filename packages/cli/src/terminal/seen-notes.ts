import type { Seen } from "@atoll/core/serving";

/** One sentence for each feature with values that training did not know, or with none. */
export function seenNotes(seen: readonly Seen[]): readonly string[] {
  return seen.flatMap(({ feature, values, unknown, missing }) => [
    ...(unknown > 0
      ? [
          `${share(unknown, values)} of the values of ${feature} (${unknown.toLocaleString("en-US")}) were not in the model's training rows, or too rarely: they count as unknown`,
        ]
      : []),
    ...(missing > 0
      ? [`${missing.toLocaleString("en-US")} rows have no ${feature}: they count as unknown`]
      : []),
  ]);
}

/** A share that says neither 0 % nor 100 % unless it is. */
function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  if (part === whole) return "All";
  if (percent < 1) return "Less than 1 %";
  return `${Math.min(99, Math.round(percent))} %`;
}
