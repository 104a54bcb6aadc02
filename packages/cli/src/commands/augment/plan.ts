import { buildCommand } from "@stricli/core";
import { planAugmentations } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { planText } from "../../terminal/augmentation-plan.ts";
import { experimentParameter, workOn, type AugmentFlags } from "./work.ts";
import { setFlag } from "../set-flag.ts";

export const planCommand = buildCommand<AugmentFlags, [string], AtollContext>({
  docs: {
    brief: "Count what a language model would be asked, and estimate tokens and money; asks nobody",
  },
  parameters: {
    positional: experimentParameter,
    flags: {
      set: setFlag,
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (this: AtollContext, flags: AugmentFlags, file: string) {
    const plans = await workOn(
      this,
      flags,
      { file, how: flags.json ? "quiet" : "shown", stopped: "Stopped. Nobody was asked." },
      planAugmentations,
    );
    if (plans === undefined) return;
    this.process.stdout.write(flags.json ? `${JSON.stringify(plans)}\n` : `\n${planText(plans)}\n`);
  },
});
