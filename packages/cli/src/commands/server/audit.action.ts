import { verifyAudit } from "@atoll/network/record";
import type { AtollContext } from "../../context.ts";
import { administrate, type Asked } from "../administrate.ts";
import { deploymentText } from "../deployment-text.ts";
import type { AuditFlags } from "./audit.ts";

type Entry = Awaited<ReturnType<Asked["audit"]>>[number];

const PAGE = 1000;

export async function action(context: AtollContext, flags: AuditFlags, directory: string) {
  const write = (text: string) => context.process.stdout.write(`${text}\n`);
  await administrate(context, { directory, recordUrl: flags.record }, async (asked) => {
    if (flags.verify) {
      const { text, isWhole } = await verified(asked);
      write(text);
      if (!isWhole) context.process.exitCode = 1;
      return;
    }
    for await (const entry of entriesOf(asked))
      write(flags.json ? JSON.stringify(entry) : lineOf(entry));
  });
}

async function verified(asked: Asked): Promise<{ text: string; isWhole: boolean }> {
  const wrong = await verifyAudit({ audit: (from, most) => asked.audit({ from, most }) });
  if (wrong !== undefined)
    return { text: deploymentText.auditBroken(wrong.number), isWhole: false };
  let last: Entry | undefined;
  for await (const entry of entriesOf(asked)) last = entry;
  if (last === undefined) return { text: deploymentText.auditEmpty, isWhole: true };
  return { text: deploymentText.auditWhole(last.number, { last: last.hash }), isWhole: true };
}

async function* entriesOf({ audit }: Pick<Asked, "audit">): AsyncGenerator<Entry> {
  for (let from = 0; ;) {
    const page = await audit({ from, most: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    from = page.at(-1)!.number + 1;
  }
}

function lineOf({ number, atMs, kind, detail }: Entry): string {
  const at = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
  return `${String(number).padStart(6)}  ${at}  ${kind}  ${detail}`;
}
