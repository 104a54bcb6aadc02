import type { Defined, Scored } from "./types.ts";

/** Which users have rows. */
export function presentUsers({ examples, numUsers }: Scored): Uint8Array {
  const present = new Uint8Array(numUsers);
  for (const user of examples.user) present[user] = 1;
  return present;
}

/**
 * A ratio of sums over users, R = sum_u a_u / sum_u b_u, with the influence of each user,
 *
 *   (a_u - R b_u) / sum b.
 */
export function ratioOfSums(
  numerator: Float64Array,
  denominator: Float64Array,
  present: Uint8Array,
): Defined {
  let a = 0;
  let b = 0;
  for (let u = 0; u < numerator.length; u++) {
    a += numerator[u]!;
    b += denominator[u]!;
  }
  const value = a / b;
  const influence = numerator.map((own, u) => (own - value * denominator[u]!) / b);
  return { kind: "value", value, influence, present };
}
