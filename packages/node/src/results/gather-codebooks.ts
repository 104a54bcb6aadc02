import type { MethodEntry } from "@atoll/core/methods";
import { codebookSettings, type CodebookPages, type CodebookResult } from "./codebook-schema.ts";
import { describeCodebooks, pageOf, type PartyCodebooks } from "./codebooks.ts";

/** Of all methods of a run: what the result says of their codebooks, and what pages show of the first seed. */
export async function gatherCodebooks({
  seeds,
  entries,
  identical,
  readCodebooks,
}: {
  readonly seeds: readonly number[];
  readonly entries: readonly MethodEntry[];
  /** Entities whose raw values mean the same thing in every market. */
  readonly identical: readonly ("item" | "user")[];
  readonly readCodebooks: (cell: {
    readonly seed: number;
    readonly method: string;
  }) => Promise<PartyCodebooks>;
}): Promise<{
  readonly described: ReadonlyMap<string, CodebookResult>;
  /** Undefined where no method has codebooks. */
  readonly pages: CodebookPages | undefined;
}> {
  const described = new Map<string, CodebookResult>();
  const methodPages: CodebookPages["methods"] = {};
  for (const entry of entries) {
    const perSeed: PartyCodebooks[] = [];
    for (const seed of seeds) perSeed.push(await readCodebooks({ seed, method: entry.name }));
    const found = describeCodebooks(perSeed, identical);
    if (found !== undefined) described.set(entry.name, found);
    const page = pageOf(perSeed[0]!, identical);
    if (page === undefined) continue;
    const settings = codebookSettings.safeParse(entry["codebooks"]);
    methodPages[entry.name] = { ...page, ...(settings.success && { settings: settings.data }) };
  }
  const pages: CodebookPages | undefined =
    Object.keys(methodPages).length === 0
      ? undefined
      : { schema: "atoll/codebooks/v1", seed: seeds[0]!, methods: methodPages };
  return { described, pages };
}
