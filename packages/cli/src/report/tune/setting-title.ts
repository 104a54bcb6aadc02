import type { Trial } from "@atoll/node/tune";
import { parameterText } from "./axis.ts";

/** What a pointer over a trial shows. */
export function settingTitle({ setting, rounds, values, outcome }: Trial): string {
  const named = Object.entries(values).map(([name, value]) => `${name} = ${parameterText(value)}`);
  const reason = outcome.kind === "failed" ? ` (${outcome.code})` : "";
  return `setting ${setting}, ${rounds} rounds${reason}; ${named.join(", ")}`;
}
