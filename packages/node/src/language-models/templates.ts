import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { STAGES, templateProblems, type AugmentationStage } from "@atoll/core/augmentation";
import type { Template, Templates } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";

/** Folder of the built-in prompts; to be copied by whoever wants others. */
export const BUILT_IN_PROMPTS = resolve(import.meta.dirname, "../../prompts");

const text = z.string().trim().min(1);

const fileSchema = z.strictObject({
  version: z.int().positive(),
  system: text,
  examples: z.array(z.strictObject({ user: text, assistant: text })),
  user: text,
});

/**
 * The prompts of `folder`, or the built-in ones: items.yaml, profiles.yaml and sequences.yaml. Throws an
 * AtollError AUGMENTATION_PROMPT that names everything that is wrong with any of them.
 */
export function readTemplates(folder: string | undefined): Templates {
  const problems: string[] = [];
  const entries = STAGES.map((stage) => {
    const file = join(folder ?? BUILT_IN_PROMPTS, `${stage}.yaml`);
    const { template, wrong } = readTemplate(stage, file);
    problems.push(...wrong.map((what) => `${file}: ${what}`));
    return [stage, template] as const;
  });
  if (problems.length > 0)
    throw new AtollError(
      "AUGMENTATION_PROMPT",
      `${problems.join("\n")}\nwrite prompts as in ${BUILT_IN_PROMPTS}, or remove augmentation.prompts to use those`,
    );
  return Object.fromEntries(entries) as Record<AugmentationStage, Template>;
}

interface Read {
  readonly template?: Template;
  readonly wrong: readonly string[];
}

function readTemplate(stage: AugmentationStage, file: string): Read {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    return { wrong: [`cannot be read (${(error as NodeJS.ErrnoException).code})`] };
  }
  const document = parseDocument(source);
  if (document.errors.length > 0)
    return {
      wrong: document.errors.map(({ message }) => message.split("\n")[0]!.replace(/:$/, "")),
    };
  const parsed = fileSchema.safeParse(document.toJS());
  if (!parsed.success)
    return {
      wrong: parsed.error.issues.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join(".")}: ${message}`,
      ),
    };
  const { version, ...words } = parsed.data;
  const template = { name: `${stage} v${version}`, ...words };
  return { template, wrong: templateProblems(stage, template) };
}
