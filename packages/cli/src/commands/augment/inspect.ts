import { buildCommand } from "@stricli/core";
import { STAGES, type AugmentationStage } from "@atoll/core/augmentation";
import { ofStages } from "@atoll/node/augmentation";
import { inspectAugmentations } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { inspectionText } from "../../terminal/augmentation-inspection.ts";
import { examplesFlag, experimentParameter, workOn, type AugmentFlags } from "./work.ts";
import { setFlag } from "../set-flag.ts";

interface InspectFlags extends AugmentFlags {
  readonly stage?: AugmentationStage;
  readonly examples: number;
}

export const inspectCommand = buildCommand<InspectFlags, [string], AtollContext>({
  docs: {
    brief: "Show what augmentation says, from stored answers alone: numbers, and examples to read",
  },
  parameters: {
    positional: experimentParameter,
    flags: {
      set: setFlag,
      stage: {
        kind: "enum",
        values: STAGES,
        optional: true,
        brief: "this stage alone",
      },
      examples: examplesFlag("5"),
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (this: AtollContext, flags: InspectFlags, file: string) {
    const { stage, examples, json } = flags;
    const found = await workOn(
      this,
      flags,
      { file, how: json ? "quiet" : "shown", stopped: "Stopped." },
      (experiment, options) => inspectAugmentations(experiment, { ...options, examples }),
    );
    if (found === undefined) return;
    const shown = stage === undefined ? found : found.map((one) => ofStages(one, [stage]));
    this.process.stdout.write(json ? `${JSON.stringify(shown)}\n` : `\n${inspectionText(shown)}\n`);
  },
});
