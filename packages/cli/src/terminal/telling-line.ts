import { tellingText, type Telling } from "@atoll/core/data";
import type { RunEvent } from "@atoll/node/runs";

/** Before hours of training: features that tell the label by themselves, each where it tells most. */
export function tellingLine({ clients, of }: Extract<RunEvent, { kind: "telling" }>): string {
  const names = Object.keys(clients);
  const worst = new Map<string, Telling>();
  for (const features of Object.values(clients))
    for (const own of features)
      if (own.auc > (worst.get(own.feature)?.auc ?? 0)) worst.set(own.feature, own);
  const who = names.length === of && of > 1 ? "all clients" : names.join(", ");
  return `Worrying (${who}): ${tellingText([...worst.values()])}.\n`;
}
