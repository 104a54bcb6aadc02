/** Settings laid over others, block by block; lists are replaced. */
export type Settings = Readonly<Record<string, unknown>>;

/** As JSON has it: without what is undefined. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function merged(own: Settings, change: Settings): Record<string, unknown> {
  const isBlock = (value: unknown): value is Settings =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return {
    ...own,
    ...Object.fromEntries(
      Object.entries(change).map(([key, value]) => {
        const before = own[key];
        return [key, isBlock(value) && isBlock(before) ? merged(before, value) : value];
      }),
    ),
  };
}
