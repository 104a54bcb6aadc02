import { augmentationConfig, type LanguageModelSettings } from "../config.ts";
import type { LanguageModel, Prompt, Templates } from "../services.ts";

/** The shortest templates of all stages. */
export const templates: Templates = {
  items: {
    name: "items v1",
    system: "Say what things are. Answer in JSON.",
    examples: [
      {
        user: 'Say what this 1 is:\n1. {{domain food}}"Rye Flour"',
        assistant:
          '{"items":[{"category":"flour","purpose":"baking","audience":"bakers","qualities":["dark"]}]}',
      },
    ],
    user: "Say what these {{count}} are:\n{{items}}",
  },
  profiles: {
    name: "profiles v1",
    system: "Say who somebody is. Answer in JSON.",
    examples: [
      {
        user: 'Had:\n- {{domain food}}"Rye Flour"{{ago 12}}',
        assistant:
          '{"interests":["baking"],"habits":"bakes","budget":"unknown","household":"unknown"}',
      },
    ],
    user: "Had:\n{{history}}",
  },
  sequences: {
    name: "sequences v1",
    system: "Say what somebody would like. Answer in JSON.",
    examples: [],
    user: "Had:\n{{history}}\nOffered:\n{{candidates}}\nLiked: {{liked}}. Disliked: {{disliked}}.",
  },
};

export function settingsOf(changes: Readonly<Record<string, unknown>> = {}): LanguageModelSettings {
  return augmentationConfig.parse({
    kind: "openai-compatible",
    baseUrl: "http://127.0.0.1:8000/v1",
    ...changes,
  }) as LanguageModelSettings;
}

/** Keeps the prompts and answers with what `answer` says, if it is accepted. */
export function listeningModel(answer: (prompt: Prompt) => string = () => "") {
  const prompts: Prompt[] = [];
  const model: LanguageModel = {
    ask: (prompt, parse) => {
      prompts.push(prompt);
      const read = parse(answer(prompt));
      return Promise.resolve(read.ok ? read.value : undefined);
    },
    tally: () => {
      throw new RangeError("nothing is counted");
    },
  };
  return { prompts, model };
}

/** What is told anew: the last turn. */
export const asked = ({ messages }: Prompt): string => messages.at(-1)!.content;
