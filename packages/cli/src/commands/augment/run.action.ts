import { askAugmentations, inspectAugmentations } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { inspectionText } from "../../terminal/augmentation-inspection.ts";
import { howOf } from "../../terminal/progress-for.ts";
import { workOn } from "./work.ts";
import type { AugmentRunFlags } from "./run.ts";

export async function action(context: AtollContext, flags: AugmentRunFlags, file: string) {
  const done = await workOn(
    context,
    flags,
    {
      file,
      how: howOf(flags),
      stopped: "Stopped. All answers that came are kept; the same command goes on.",
    },
    async (experiment, options) => {
      const asked = await askAugmentations(experiment, options);
      const found = await inspectAugmentations(experiment, {
        ...options,
        onEvent: () => {},
        examples: flags.examples,
      });
      return { asked, found };
    },
  );
  if (done === undefined) return;
  const { asked, found } = done;
  const report = inspectionText(found);
  const nobody = asked.every(({ spent }) => spent.calls === 0);
  context.process.stdout.write(
    flags.json
      ? `${JSON.stringify({ kind: "augmentation", asked, found })}\n`
      : `\n${nobody ? "Nobody had to be asked.\n\n" : ""}${report}\n`,
  );
}
