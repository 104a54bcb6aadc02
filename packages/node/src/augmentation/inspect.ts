import {
  STAGES,
  asksLanguageModel,
  type AugmentationStage,
  type PopulationAugmentation,
  type StageTally,
} from "@atoll/core/augmentation";
import { openAnswers, readingModel } from "../language-models/index.ts";
import { servicesOf } from "./connections.ts";
import { examplesOf, type AugmentationExamples } from "./examples.ts";
import { answersSource, type AugmentationPlace } from "./source.ts";
import type { AugmentationTask } from "./tasks.ts";

/** What a job has come to, as far as it is known without asking anybody. */
export interface AugmentationInspection {
  readonly methods: readonly string[];
  readonly kind: string;
  /** Absent where no language model is asked. */
  readonly model?: string;
  readonly stages: readonly AugmentationStage[];
  /** What became of prompts, by stage; absent where no language model is asked. */
  readonly tally?: Readonly<Partial<Record<AugmentationStage, StageTally>>>;
  /** Prompts with an accepted answer among those that were asked; absent where none were. */
  readonly acceptance?: number;
  readonly users: number;
  /** Users that got a liked item. */
  readonly augmented: number;
  readonly meanLength: PopulationAugmentation["meanLength"];
  readonly density: PopulationAugmentation["density"];
  readonly examples: AugmentationExamples;
}

export interface InspectOptions {
  readonly place: AugmentationPlace;
  /** Examples of each stage, at most. */
  readonly examples: number;
  readonly signal: AbortSignal;
}

/** Augments as training would, from the store alone. */
export async function inspectAugmentation(
  task: AugmentationTask,
  { place, examples, signal }: InspectOptions,
): Promise<AugmentationInspection> {
  const { job, methods, splits } = task;
  const { settings } = job;
  const asked = await storedModel(task, place);
  const directory = place.experimentDirectory;
  try {
    const services = asked ? servicesOf(asked, { ...asked, directory }) : undefined;
    const found = await job.run(splits, { services, signal });
    const { users, augmented, meanLength, density } = found;
    const stages = STAGES.filter((stage) => settings.stages.includes(stage));
    const tally = asked?.model.tally();
    return {
      methods,
      kind: settings.kind,
      ...(asksLanguageModel(settings) && { model: settings.model }),
      stages,
      ...(tally && talliesOf(tally, stages)),
      users,
      augmented,
      meanLength,
      density,
      examples: examplesOf(found, { splits, most: examples }),
    };
  } finally {
    asked?.store.close();
  }
}

/** A model that says what the store knows. */
async function storedModel({ job }: AugmentationTask, place: AugmentationPlace) {
  const { settings } = job;
  if (!asksLanguageModel(settings)) return undefined;
  const answers = await answersSource(settings, place);
  const store = openAnswers(answers.storePath, { readOnly: true });
  // What is missing is counted here, and no error.
  const model = readingModel({ ...settings, partial: true }, { store, model: answers.model });
  return { answers, store, model };
}

/** Of some stages alone. */
export function ofStages(
  found: AugmentationInspection,
  wanted: readonly AugmentationStage[],
): AugmentationInspection {
  const { acceptance: _, tally, examples, ...numbers } = found;
  const stages = found.stages.filter((stage) => wanted.includes(stage));
  const some = <T>(stage: AugmentationStage, list: readonly T[]) =>
    wanted.includes(stage) ? list : [];
  return {
    ...numbers,
    stages,
    ...(tally && talliesOf(tally, stages)),
    examples: {
      items: some("items", examples.items),
      profiles: some("profiles", examples.profiles),
      sequences: some("sequences", examples.sequences),
    },
  };
}

function talliesOf(
  all: NonNullable<AugmentationInspection["tally"]>,
  stages: readonly AugmentationStage[],
): Pick<AugmentationInspection, "tally" | "acceptance"> {
  const tally: Partial<Record<AugmentationStage, StageTally>> = {};
  let answered = 0;
  let dropped = 0;
  for (const stage of stages) {
    const own = all[stage]!;
    tally[stage] = own;
    answered += own.answered;
    dropped += droppedIn(own);
  }
  const asked = answered + dropped;
  return { tally, ...(asked > 0 && { acceptance: answered / asked }) };
}

/** For whatever reason. */
export function droppedIn({ dropped }: StageTally): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
