import { ofStages } from "@atoll/node/augmentation";
import { inspectAugmentations } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { inspectionText } from "../../terminal/augmentation-inspection.ts";
import { workOn } from "./work.ts";
import type { InspectFlags } from "./inspect.ts";

export async function action(context: AtollContext, flags: InspectFlags, file: string) {
  const { stage, examples, json } = flags;
  const found = await workOn(
    context,
    flags,
    { file, how: json ? "quiet" : "shown", stopped: "Stopped." },
    (experiment, options) => inspectAugmentations(experiment, { ...options, examples }),
  );
  if (found === undefined) return;
  const shown = stage === undefined ? found : found.map((one) => ofStages(one, [stage]));
  context.process.stdout.write(
    json ? `${JSON.stringify(shown)}\n` : `\n${inspectionText(shown)}\n`,
  );
}
