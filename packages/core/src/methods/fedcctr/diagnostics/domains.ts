import { encoderCosines, MERGED, unitVectors } from "./cosines.ts";
import { project } from "./projection.ts";
import type {
  AugmentationNumbers,
  DomainDiagnostics,
  RetiredClients,
  UserRepresentations,
} from "./types.ts";

/**
 * Whether encoders keep apart what they should, seen on users' training sequences after training; with it who
 * retired and what augmentation did, where there was any.
 */
export function domainDiagnostics(
  domains: readonly string[],
  {
    representations,
    commonUsers,
    retired,
    augmentation,
  }: {
    /** Left out where users were promised that nobody looks at them. */
    readonly representations?: UserRepresentations | undefined;
    readonly commonUsers?: number | undefined;
    readonly retired?: RetiredClients | undefined;
    readonly augmentation?: AugmentationNumbers | undefined;
  },
): DomainDiagnostics {
  const encoders = [...domains, MERGED];
  const others = { ...(retired && { retired }), ...(augmentation && { augmentation }) };
  if (representations === undefined) return { encoders, cosines: [], ...others };
  const { values, users, width } = representations;
  if (values.length !== users * encoders.length * width)
    throw new RangeError(
      `${values.length} numbers are not ${users} users x ${encoders.length} encoders x ${width}`,
    );
  const units = unitVectors(representations);
  if (!units.every(Number.isFinite)) throw new RangeError("a representation is not finite");
  const cosines = encoderCosines(units, encoders, width);
  // One encoder alone has nothing to be apart from.
  const projection = cosines.length > 0 ? project(units, encoders.length, width) : undefined;
  return {
    encoders,
    cosines,
    ...(commonUsers !== undefined && { commonUsers }),
    ...(projection && { projection }),
    ...others,
  };
}
