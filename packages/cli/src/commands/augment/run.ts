import { buildCommand } from "@stricli/core";
import { askAugmentations, inspectAugmentations } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { inspectionText } from "../../terminal/augmentation-inspection.ts";
import { howOf } from "../../terminal/progress-for.ts";
import { examplesFlag, experimentParameter, workOn, type AugmentFlags } from "./work.ts";
import { setFlag } from "../set-flag.ts";

interface AugmentRunFlags extends AugmentFlags {
  readonly examples: number;
  readonly quiet: boolean;
}

export const runCommand = buildCommand<AugmentRunFlags, [string], AtollContext>({
  docs: {
    brief: "Ask a language model all that a run of the experiment would ask; answers are kept",
  },
  parameters: {
    positional: experimentParameter,
    flags: {
      set: setFlag,
      examples: examplesFlag("3"),
      quiet: { kind: "boolean", default: false, brief: "print the final report only" },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the report last" },
    },
  },
  func: async function (this: AtollContext, flags: AugmentRunFlags, file: string) {
    const done = await workOn(
      this,
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
    this.process.stdout.write(
      flags.json
        ? `${JSON.stringify({ kind: "augmentation", asked, found })}\n`
        : `\n${nobody ? "Nobody had to be asked.\n\n" : ""}${report}\n`,
    );
  },
});
