import type { Result } from "@atoll/node/results";

/** What the experiment says about a method's codebooks, as far as a page words it. */
export interface CodebookSettings {
  readonly codes: number;
  readonly width: number;
  readonly aggregation: string;
  readonly minimumCount: number;
  readonly clipNorm: number | undefined;
}

/** The resolved settings stand in the result's experiment; undefined where they are not as expected. */
export function codebookSettings(result: Result, method: string): CodebookSettings | undefined {
  const entries = result.experiment["methods"];
  if (!Array.isArray(entries)) return undefined;
  const blocks = entries.map(recordOf);
  const found = blocks.find((entry) => (entry["name"] ?? entry["kind"]) === method);
  const codebooks = recordOf(found?.["codebooks"]);
  const { codes, width, aggregation, minimumCount } = codebooks;
  if (typeof codes !== "number" || typeof width !== "number") return undefined;
  const { clipNorm } = recordOf(codebooks["privacy"]);
  return {
    codes,
    width,
    aggregation: typeof aggregation === "string" ? aggregation : "",
    minimumCount: typeof minimumCount === "number" ? minimumCount : 0,
    clipNorm: typeof clipNorm === "number" ? clipNorm : undefined,
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
