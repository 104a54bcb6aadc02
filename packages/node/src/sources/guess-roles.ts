import type { InspectedColumn, Inspection } from "./inspect.ts";

/** Roles guessed from names and contents, to be checked by a person. */
export interface GuessedRoles {
  readonly user?: string;
  readonly item?: string;
  readonly time?: string;
  readonly label?: { readonly column: string; readonly atLeast?: number };
  readonly categorical: readonly string[];
  readonly numeric: readonly string[];
}

const NAMES = {
  user: /^(user|customer|visitor|member|reviewer|uid)(_?id|_?no)?$|^(user|customer|visitor).*id$/i,
  item: /^(item|product|ad|asin|article|movie|sku|iid)(_?id|_?no)?$|^(item|product|movie|adgroup).*id$/i,
  time: /^(time|timestamp|date|datetime|ts|event_?time|created(_at)?)$/i,
  label: /^(label|click|clicked|is_click|conversion|target|y)$/i,
  rating: /^(rating|rate|stars|score)$/i,
};

/** Categorical columns with more values than this are left out: they are ids of something else. */
const MOST_CATEGORIES = 1000;

export function guessRoles({ columns }: Inspection): GuessedRoles {
  const left = new Set(columns);
  const take = (matches: (column: InspectedColumn) => boolean) => {
    const found = [...left].find(matches);
    if (found) left.delete(found);
    return found?.name;
  };
  const user = take((column) => NAMES.user.test(column.name));
  const item = take((column) => NAMES.item.test(column.name));
  const time =
    take((column) => NAMES.time.test(column.name)) ?? take((column) => column.type === "time");
  const binary = take((column) => column.rateOfOnes !== null && NAMES.label.test(column.name));
  const rating = binary
    ? undefined
    : take((column) => NAMES.rating.test(column.name) && column.type === "number");
  const rest = [...left].filter((column) => column.distinct > 1);
  return {
    ...(user && { user }),
    ...(item && { item }),
    ...(time && { time }),
    ...(binary && { label: { column: binary } }),
    ...(rating && { label: { column: rating, atLeast: 4 } }),
    categorical: rest
      .filter((column) => column.type === "text" && column.distinct <= MOST_CATEGORIES)
      .map((column) => column.name),
    numeric: rest.filter((column) => column.type === "number").map((column) => column.name),
  };
}
