import type { RunEvent } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { leavingText } from "./augmentation-lines.ts";
import type { Shown } from "./progress-for.ts";

/** Says what leaves this machine before it does, however quiet all else is. */
export function announceLeaving<Event>(
  { process }: Pick<AtollContext, "process">,
  progress: Shown<Event>,
  runEventOf: (event: Event) => RunEvent | undefined,
): Shown<Event> {
  return {
    ...progress,
    show: (event) => {
      const own = runEventOf(event);
      if (own?.kind === "augmentation-leaves") {
        // What is drawn in place makes room first.
        progress.close();
        process.stderr.write(leavingText(own));
      }
      progress.show(event);
    },
  };
}
