/** Whole numbers that a double holds exactly, as they are usually written. */
const NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;

/**
 * Distinct ids in an order that follows from the ids alone: whole numbers by value, then all others by
 * UTF-16 code units.
 */
export function sortedIds(ids: Iterable<string>): string[] {
  const numbers: { readonly id: string; readonly value: number }[] = [];
  const others: string[] = [];
  for (const id of new Set(ids))
    if (NUMBER.test(id)) numbers.push({ id, value: Number(id) });
    else others.push(id);
  numbers.sort((a, b) => a.value - b.value);
  others.sort();
  return [...numbers.map(({ id }) => id), ...others];
}
