import { planAugmentations } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { planText } from "../../terminal/augmentation-plan.ts";
import { workOn } from "./work.ts";
import type { AugmentFlags } from "./work-flags.ts";

export async function action(context: AtollContext, flags: AugmentFlags, file: string) {
  const plans = await workOn(
    context,
    flags,
    { file, how: flags.json ? "quiet" : "shown", stopped: "Stopped. Nobody was asked." },
    planAugmentations,
  );
  if (plans === undefined) return;
  context.process.stdout.write(
    flags.json ? `${JSON.stringify(plans)}\n` : `\n${planText(plans)}\n`,
  );
}
