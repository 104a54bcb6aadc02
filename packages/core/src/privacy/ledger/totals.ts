import { AtollError } from "../../errors/index.ts";
import type { Uses } from "../accounting/mechanism.ts";
import type { Adjacency, Charge, Unit } from "./types.ts";
import { checkUses, isSampled, mergeUses, withoutSampling } from "./uses.ts";

/** All charges of an account in a form that grows with the kinds of releases, not with their number. */
export interface Totals {
  readonly releases: number;
  /** Whom all of them protect; undefined before the first. */
  readonly protects?: { readonly unit: Unit; readonly adjacency: Adjacency };
  /** Merged, as all lists here. */
  readonly uses: readonly Uses[];
  /** Undefined where no charge says so. */
  readonly unamplified?: readonly Uses[];
  readonly amplified?: readonly Uses[];
}

export const noTotals: Totals = { releases: 0, uses: [] };

/**
 * Adds charges. Where one says what it costs without, or with, amplification, those that do not say so
 * count there with what bounds it: the release without sampling, or as it is.
 *
 * Charges of other units than those before are refused (PRIVACY_LEDGER): a sum over different neighbours
 * would promise nothing.
 */
export function withCharges(totals: Totals, charges: readonly Charge[], account: string): Totals {
  const first = charges[0];
  if (first === undefined) return totals;
  const protects = totals.protects ?? { unit: first.unit, adjacency: first.adjacency };
  for (const charge of charges) {
    checkCharge(charge);
    if (charge.unit !== protects.unit || charge.adjacency !== protects.adjacency)
      throw new AtollError(
        "PRIVACY_LEDGER",
        `account "${account}" protects the unit ${protects.unit} (${protects.adjacency}), and release ` +
          `"${charge.id}" is charged for ${charge.unit} (${charge.adjacency}); use another ledger for it`,
      );
  }
  const unamplified =
    totals.unamplified !== undefined || charges.some((charge) => charge.unamplified)
      ? mergeUses(
          totals.unamplified ?? totals.uses.map(withoutSampling),
          charges.map((charge) => charge.unamplified ?? withoutSampling(charge.uses)),
        )
      : undefined;
  const amplified =
    totals.amplified !== undefined || charges.some((charge) => charge.amplified)
      ? mergeUses(
          totals.amplified ?? totals.uses,
          charges.map((charge) => charge.amplified ?? charge.uses),
        )
      : undefined;
  return {
    releases: totals.releases + charges.length,
    protects,
    uses: mergeUses(
      totals.uses,
      charges.map(({ uses }) => uses),
    ),
    ...(unamplified && { unamplified }),
    ...(amplified && { amplified }),
  };
}

function checkCharge({ id, adjacency, uses, unamplified, amplified }: Charge): void {
  const check = (given: Uses, name: string): void => {
    const where = `release "${id}", ${name}`;
    checkUses(given, where);
    // What is known of sampling is known for units that come and go.
    if (adjacency === "replace" && isSampled(given.mechanism))
      throw new RangeError(
        `${where}: sampling amplifies for adjacency add-remove only; leave it out under replace`,
      );
  };
  check(uses, "uses");
  if (unamplified) check(unamplified, "unamplified");
  if (amplified) check(amplified, "amplified");
}
