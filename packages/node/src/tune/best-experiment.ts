import { relative, resolve } from "node:path";
import { applySetting } from "./apply.ts";
import { moveAugmentation } from "./move-augmentation.ts";
import { moveExtensions } from "./move-extensions.ts";
import type { TunePlan } from "./plan.ts";
import type { Trial } from "./result.ts";

/** The experiment's text with the best setting filled in, to be run from the tune folder. */
export function bestExperiment(
  { source, ...plan }: TunePlan,
  best: Trial,
  directory: string,
): string {
  const { document } = applySetting(
    { text: source.experimentText, experiment: plan.base },
    plan.parameters,
    best.values,
  );
  if (plan.config.strategy.kind === "successive-halving")
    document.setIn(["federation", "rounds"], best.rounds);
  const { data } = plan.base;
  if (data.kind === "files")
    document.setIn(
      ["data", "directory"],
      relative(directory, resolve(source.experimentDirectory, data.directory)) || ".",
    );
  const move = { from: source.experimentDirectory, to: directory };
  moveExtensions(document, move);
  moveAugmentation(document, move);
  document.commentBefore = ` Setting ${best.setting} of the tune in this folder: the best ${plan.objective} of ${plan.config.method} on validation rows.`;
  return document.toString({ lineWidth: 0 });
}
