import type { Comparison } from "@atoll/node/comparisons";
import { nameWith } from "@atoll/node/comparisons";
import { methodLabel } from "../labels.ts";
import { shortNames } from "../tune/index.ts";

/** Names of methods and settings as readers need them. */
export interface Names {
  /** `FedAvg`, or with what tells variants apart: `FedAvg [learningRate=0.01]`. */
  readonly method: (run: Comparison["runs"][number], method: string) => string;
  /** The shortest ending of a setting's path that is still its own. */
  readonly setting: (path: string) => string;
  /** A method of the experiment with settings, in brief. */
  readonly variant: (base: string, settings: Comparison["runs"][number]["settings"]) => string;
}

export function namesOf(
  { settings }: Pick<Comparison, "settings">,
  { label = methodLabel }: { readonly label?: (base: string) => string } = {},
): Names {
  const paths = settings.map(({ name }) => name);
  const short = shortNames(paths);
  const setting = (path: string) => short[paths.indexOf(path)] ?? path;
  const variant: Names["variant"] = (base, own) =>
    nameWith(
      label(base),
      Object.fromEntries(Object.entries(own).map(([path, value]) => [setting(path), value])),
    );
  return {
    setting,
    variant,
    method: ({ methods }, method) => {
      const own = methods[method];
      return own === undefined ? method : variant(own.base, own.settings);
    },
  };
}
