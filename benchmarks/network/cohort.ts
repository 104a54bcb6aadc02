/** Numbers in [0, 1), the same ones for the same words. */
export function drawOf(...words: readonly (string | number)[]): number {
  let state = 0x811c9dc5;
  for (const character of words.join(" ")) {
    state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** So many of the clients, others in each round; 0: all. */
export function cohortOf(
  clients: readonly string[],
  round: number,
  size: number,
): readonly string[] {
  if (size === 0) return clients;
  return clients
    .toSorted((a, b) => drawOf("cohort", round, a) - drawOf("cohort", round, b))
    .slice(0, size)
    .toSorted();
}
