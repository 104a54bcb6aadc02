import type { Population } from "../../population/index.ts";
import type { LanguageModelSettings } from "../config.ts";
import { inFlight } from "../in-flight.ts";
import type { LanguageModel, Templates } from "../services.ts";
import { STAGES, type Augmenter } from "../types.ts";
import { withoutEchoes, type Answer } from "./answer.ts";
import { itemsAnswer, wordsOfItem } from "./items.ts";
import { linesOf, marksOf } from "./lines.ts";
import { profileAnswer, wordsOfProfile } from "./profiles.ts";
import { sequencesAnswer } from "./sequences.ts";
import { conversationOf, templateProblems } from "./template.ts";

export interface LanguageModelOptions {
  readonly settings: LanguageModelSettings;
  /** Without problems (`templateProblems`). */
  readonly templates: Templates;
  readonly model: LanguageModel;
  readonly population: Pick<Population, "domains" | "itemStarts" | "itemText">;
}

/**
 * Asks a language model what items are, who a user is and what the user would like: the three prompts of
 * LLMRec (Wei et al., WSDM 2024, github.com/HKUDS/LLMRec), of which the candidates of side information are
 * here terms that hold in every domain, and the profile is limited to what a list of things supports. The
 * model of reference is Llama-2-13B at temperature 0.4 with 10 candidates.
 *
 * Prompts tell titles, and as `send` allows domains and ages; no ids, no dates. Events and candidates without
 * a title are left out; where nothing is left, nobody is asked. Answers follow from the prompt alone, so users
 * of whom a prompt tells the same share one.
 */
export function languageModelAugmenter(options: LanguageModelOptions): Augmenter {
  const { settings, templates, model, population } = options;
  refuseProblems(templates);
  const marks = marksOf(settings.send);
  const lines = linesOf(population, settings.send);
  const itemsPrompt = conversationOf<"items">(templates.items, marks);
  const profilePrompt = conversationOf<"profiles">(templates.profiles, marks);
  const sequencesPrompt = conversationOf<"sequences">(templates.sequences, marks);
  const answers = answersOf(settings, templates);

  const describeTitled = async (items: readonly number[]) => {
    const { schema, parse } = answers.items(items.length);
    const messages = itemsPrompt({ count: items.length, items: lines.numbered(items) });
    const described = await model.ask({ stage: "items", messages, schema }, parse);
    return described?.map(wordsOfItem) ?? items.map(() => undefined);
  };

  return {
    name: settings.kind,
    describe: async (items) => {
      const titled = lines.titled(items);
      const size = settings.itemsPerPrompt;
      const words = new Map<number, string | undefined>();
      const ask = async (n: number) => {
        const some = titled.slice(n * size, (n + 1) * size);
        (await describeTitled(some)).forEach((text, at) => words.set(some[at]!, text));
      };
      const { concurrency } = settings;
      await inFlight(Math.ceil(titled.length / size), ask, { concurrency });
      return items.map((item) => words.get(item));
    },
    profile: async (history) => {
      const past = lines.history(history);
      if (past === undefined) return undefined;
      const { schema, parse } = answers.profile;
      const messages = profilePrompt({ history: past });
      const inferred = await model.ask({ stage: "profiles", messages, schema }, parse);
      return inferred && wordsOfProfile(inferred);
    },
    pick: async ({ history, candidates }) => {
      const past = lines.history(history);
      const offered = lines.titled(candidates);
      if (past === undefined || offered.length === 0) return { liked: [], disliked: [] };
      const { schema, parse } = answers.sequences(offered.length);
      const messages = sequencesPrompt({
        history: past,
        candidates: lines.numbered(offered),
        liked: settings.liked,
        disliked: settings.disliked,
      });
      const picked = await model.ask({ stage: "sequences", messages, schema }, parse);
      const itemsOf = (numbers: readonly number[] = []) => numbers.map((n) => offered[n - 1]!);
      return { liked: itemsOf(picked?.liked), disliked: itemsOf(picked?.disliked) };
    },
  };
}

function refuseProblems(templates: Templates): void {
  const problems = STAGES.flatMap((stage) =>
    templateProblems(stage, templates[stage]).map((what) => `${templates[stage].name}: ${what}`),
  );
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
}

/** Schemas are made once for each number of items and of candidates. */
function answersOf({ liked, disliked }: LanguageModelSettings, templates: Templates) {
  const spoken = (stage: "items" | "profiles") =>
    templates[stage].examples.map(({ assistant }) => assistant);
  return {
    items: byNumber((count) => withoutEchoes(itemsAnswer(count), spoken("items"))),
    profile: withoutEchoes(profileAnswer(), spoken("profiles")),
    sequences: byNumber((candidates) => sequencesAnswer({ candidates, liked, disliked })),
  };
}

function byNumber<T>(make: (count: number) => Answer<T>): (count: number) => Answer<T> {
  const made = new Map<number, Answer<T>>();
  return (count) => {
    const answer = made.get(count) ?? make(count);
    made.set(count, answer);
    return answer;
  };
}
