import {
  columnsOfWorld,
  commonOfWorld,
  declaredFeatures,
  type ColumnsConfig,
  type WorldConfig,
} from "@atoll/core/data";

/** What a list of features may be written as: their names, or all that qualify. */
type Names = "all" | readonly string[];

/** The parts of an experiment that lists of features depend on, as they were written. */
interface Written {
  readonly data:
    | { readonly kind: "files"; readonly columns: ColumnsConfig; readonly common: Names }
    | WorldConfig;
  readonly federation: { readonly shared: Names };
}

/**
 * Features whose values can mean the same in every client: each that has a vocabulary of its own or of
 * another feature. Buckets are cut by each client's own numbers, so they cannot.
 */
function mayBeCommon(columns: ColumnsConfig): string[] {
  return declaredFeatures(columns)
    .categorical.filter(({ rule }) => rule.kind !== "quantiles")
    .map(({ name }) => name);
}

/** `data.common` as a list. */
export function namesOfCommon({ data }: Pick<Written, "data">): string[] {
  if (data.kind !== "files") return [...commonOfWorld(data)];
  return data.common === "all" ? mayBeCommon(data.columns) : [...data.common];
}

/** `federation.shared` as a list: all are the common features that have rows of their own. */
export function namesOfShared({ data, federation }: Written): string[] {
  if (federation.shared !== "all") return [...federation.shared];
  const common = namesOfCommon({ data });
  return declaredFeatures(data.kind === "files" ? data.columns : columnsOfWorld(data))
    .categorical.filter(({ name, rule }) => {
      const readsOthers = rule.kind === "list" && rule.like !== undefined;
      return common.includes(name) && rule.kind !== "quantiles" && !readsOthers;
    })
    .map(({ name }) => name);
}
