const BLOCKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/**
 * Values as a line of blocks, the lowest block for 0, at most so many characters; a value that is not finite is a
 * full block.
 *
 * @example
 * sparkline([0, 1, 2, 7], 10) // "▁▂▃█"
 */
export function sparkline(values: readonly number[], most: number): string {
  const length = Math.min(values.length, most);
  const shown = Array.from(
    { length },
    (_, i) => values[length === 1 ? 0 : Math.round((i * (values.length - 1)) / (length - 1))]!,
  );
  const top = Math.max(...shown.filter(Number.isFinite), 0);
  return shown
    .map((value) => {
      const share = !Number.isFinite(value) ? 1 : top === 0 ? 0 : value / top;
      return BLOCKS[Math.round(share * (BLOCKS.length - 1))]!;
    })
    .join("");
}
