/** Every number of an answer, nested ones as `valid/<part>`. */
export function numbersOf(
  metadata: Readonly<Record<string, unknown>>,
  prefix = "",
): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "number") numbers[prefix + name] = value;
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      Object.assign(numbers, numbersOf(value as Record<string, unknown>, `${prefix}${name}/`));
  }
  return numbers;
}
