import type { AdminClient, LinesPage } from "@atoll/network/operations";

const PAGE = 1000;

/** All lines of a run that there are now, from one on. */
export async function readLines(
  { lines }: Pick<AdminClient, "lines">,
  { id, from }: { readonly id: string; readonly from: number },
): Promise<LinesPage> {
  const all: LinesPage["lines"][number][] = [];
  for (let next = from; ;) {
    const page = await lines(id, { from: next, most: PAGE });
    all.push(...page.lines);
    next = page.next;
    if (page.lines.length < PAGE) return { lines: all, next, isLast: page.isLast };
  }
}
