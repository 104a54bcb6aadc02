import { AtollError } from "@atoll/core/errors";

/** Two columns of one name could not be told apart. */
export function refuseTaken(
  keep: readonly string[],
  names: readonly string[],
  client: string,
): void {
  const taken = keep.filter((name) => names.includes(name));
  if (taken.length > 0)
    throw new AtollError(
      "DATA_ROLE_CONFLICT",
      `client "${client}": the rows have the column ${taken.map((name) => `"${name}"`).join(", ")}, as scores do; leave it out of --keep`,
    );
}
