import type {
  AugmentationServices,
  LanguageModel,
  LanguageModelSettings,
} from "@atoll/core/augmentation";
import { sentenceVectorizer } from "../language-models/index.ts";
import { answersSource, type AnswersSource, type AugmentationPlace } from "./source.ts";
import type { AskingTask } from "./tasks.ts";

/** A task with where its answers are kept and its prompts. */
export interface SourcedTask extends AskingTask {
  readonly answers: AnswersSource;
}

/** Tasks that ask the same model in the same way: they share its limits, its budget, and equal prompts. */
export interface Connection {
  readonly settings: LanguageModelSettings;
  readonly answers: AnswersSource;
  readonly directory: string;
  readonly tasks: readonly SourcedTask[];
}

/** Settings of what is asked rather than of who is asked and how. */
const ASKED = [
  "stages",
  "candidates",
  "liked",
  "disliked",
  "weight",
  "seed",
  "vectors",
  "itemsPerPrompt",
  "prompts",
  "send",
] as const;

/** Tasks by whom they ask. */
export async function connectionsOf(
  tasks: readonly AskingTask[],
  place: AugmentationPlace,
): Promise<readonly Connection[]> {
  const found = new Map<string, Connection & { tasks: SourcedTask[] }>();
  for (const task of tasks) {
    const answers = await answersSource(task.settings, place);
    const how: Record<string, unknown> = { ...task.settings };
    for (const name of ASKED) delete how[name];
    const key = JSON.stringify([
      answers.storePath,
      answers.model,
      Object.entries(how).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    const connection = found.get(key) ?? {
      settings: task.settings,
      answers,
      directory: place.experimentDirectory,
      tasks: [],
    };
    connection.tasks.push({ ...task, answers });
    found.set(key, connection);
  }
  return [...found.values()];
}

/** Methods of a connection, each once. */
export function methodsOf({ tasks }: Connection): readonly string[] {
  return [...new Set(tasks.flatMap(({ methods }) => methods))];
}

/** Services that put a task's prompts to `model`. */
export function servicesOf(
  { answers }: Pick<SourcedTask, "answers">,
  { model, directory }: { readonly model: LanguageModel; readonly directory: string },
): AugmentationServices {
  return {
    templates: () => answers.templates,
    languageModel: () => model,
    sentences: (settings) => sentenceVectorizer(settings, { directory }),
  };
}
