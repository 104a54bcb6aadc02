/** Parses a flag that takes a whole number. */
export function wholeNumber(least: number) {
  return (input: string): number => {
    const value = Number(input);
    if (!Number.isInteger(value) || value < least)
      throw new SyntaxError(`${input} is no whole number of at least ${least}`);
    return value;
  };
}
