/** Cells of one level: groups of neighbouring items of a domain, by stretches of time. */
export interface HistogramLevel {
  /** Items of a group, but for the last of a domain, which may have fewer. */
  readonly items: number;
  /** Days of a bin; bin k lasts from day k * days on, for as many days. */
  readonly days: number;
  /** By domain, its first group; and, at the end, how many groups there are. */
  readonly groupStarts: Int32Array;
  /** The first bin that has cells, and how many have. */
  readonly firstBin: number;
  readonly bins: number;
  /** Place of the first cell; cells of a group follow each other, bin by bin. */
  readonly offset: number;
}

/** Cells of all levels in a row. An event is in one cell of every level. */
export interface HistogramGrid {
  /** As in `Population`: items of a domain follow each other, in the order of their ids. */
  readonly itemStarts: Int32Array;
  readonly levels: readonly HistogramLevel[];
  readonly size: number;
  /** Days between which there are events: public, like the list of items. */
  readonly span: { readonly first: number; readonly last: number };
}

export interface HistogramGridOptions {
  readonly itemStarts: Int32Array;
  /** By level, items of a group: coarse to fine, each a divisor of the one before. */
  readonly levels: readonly number[];
  /** By level, days of a bin. */
  readonly days: readonly number[];
  readonly span: HistogramGrid["span"];
}

/** The cells of a histogram of events, which follow from public knowledge alone. */
export function histogramGrid({
  itemStarts,
  levels,
  days,
  span,
}: HistogramGridOptions): HistogramGrid {
  if (levels.length !== days.length || levels.length === 0)
    throw new RangeError(`histogram: ${levels.length} levels, ${days.length} lengths of time`);
  let offset = 0;
  const all = levels.map((items, l): HistogramLevel => {
    if (l > 0 && levels[l - 1]! % items !== 0)
      throw new RangeError(`histogram: groups of ${levels[l - 1]} items have none of ${items}`);
    const groupStarts = new Int32Array(itemStarts.length);
    for (let d = 0; d + 1 < itemStarts.length; d++)
      groupStarts[d + 1] =
        groupStarts[d]! + Math.ceil((itemStarts[d + 1]! - itemStarts[d]!) / items);
    const firstBin = Math.floor(span.first / days[l]!);
    const bins = Math.floor(span.last / days[l]!) - firstBin + 1;
    const level = { items, days: days[l]!, groupStarts, firstBin, bins, offset };
    offset += groupStarts.at(-1)! * bins;
    return level;
  });
  return { itemStarts, levels: all, size: offset, span };
}

/** The domain that an item is of. */
export function domainAt(itemStarts: Int32Array, item: number): number {
  let domain = 0;
  while (item >= itemStarts[domain + 1]!) domain += 1;
  return domain;
}

/** The group of an item at a level. */
export function groupOf(
  { itemStarts }: HistogramGrid,
  { items, groupStarts }: HistogramLevel,
  item: number,
): number {
  const domain = domainAt(itemStarts, item);
  return groupStarts[domain]! + Math.floor((item - itemStarts[domain]!) / items);
}

/** The cell of an event at a level; -1 for a day outside of the span. */
export function cellOf(
  grid: HistogramGrid,
  level: HistogramLevel,
  { item, day }: { readonly item: number; readonly day: number },
): number {
  const bin = Math.floor(day / level.days) - level.firstBin;
  if (bin < 0 || bin >= level.bins) return -1;
  return level.offset + groupOf(grid, level, item) * level.bins + bin;
}
