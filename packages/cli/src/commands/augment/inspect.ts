import { buildCommand } from "@stricli/core";
import type { AugmentationStage, STAGES } from "@atoll/core/augmentation";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { examplesFlag, experimentParameter, type AugmentFlags } from "./work-flags.ts";
import { setFlag } from "../set-flag.ts";

export interface InspectFlags extends AugmentFlags {
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
        values: ["items", "profiles", "sequences"] as const satisfies typeof STAGES,
        optional: true,
        brief: "this stage alone",
      },
      examples: examplesFlag("5"),
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./inspect.action.ts")),
});
