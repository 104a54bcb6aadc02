import {
  asksLanguageModel,
  type ActiveAugmentation,
  type AugmentationSettings,
  type LanguageModelSettings,
} from "@atoll/core/augmentation";
import { methodOf, resolveMethod } from "@atoll/core/methods";
import { columnsOfClients } from "./client-columns.ts";
import type { Experiment } from "./schema.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

/** Augmentation that holds for some method, and where the file says it. */
interface Checked {
  readonly settings: ActiveAugmentation;
  readonly at: (...keys: readonly (string | number)[]) => Path;
}

/** Whether augmentation fits itself, the data and the methods. */
export function augmentationChecks(experiment: Experiment): PathIssue[] {
  const { augmentation } = experiment;
  const entries = experiment.methods.map((entry, i) => {
    const { kind, ...settings } = resolveMethod(entry);
    const definition = methodOf(kind);
    const own = (settings as { readonly augmentation?: AugmentationSettings }).augmentation;
    return { i, own, knows: definition.augments !== undefined };
  });
  const usesOuter = entries.some(({ knows, own }) => knows && own === undefined);
  const checked: Checked[] = [
    { settings: usesOuter ? augmentation : undefined, path: [] },
    ...entries.map(({ i, own, knows }) => ({
      settings: knows ? own : undefined,
      path: ["methods", i],
    })),
  ].flatMap(({ settings, path }) =>
    settings === undefined || settings.kind === "none"
      ? []
      : [
          {
            settings,
            at: (...keys: readonly (string | number)[]) => [...path, "augmentation", ...keys],
          },
        ],
  );
  return [
    ...(augmentation.kind === "none" || usesOuter ? [] : [unread(augmentation, entries)]),
    ...checked.flatMap((one) => [
      ...checkSizes(one),
      ...checkTexts(one, experiment),
      ...(asksLanguageModel(one.settings) ? checkModel(one.settings, one.at) : []),
    ]),
  ];
}

/** Settings that no method reads. */
function unread(
  { kind }: ActiveAugmentation,
  entries: readonly { readonly knows: boolean }[],
): PathIssue {
  return {
    path: ["augmentation"],
    message: entries.some(({ knows }) => knows)
      ? `is ${kind}, but every method that knows augmentation has its own; remove it here, or there`
      : `is ${kind}, but no method knows augmentation; add one that does, such as fedcctr or centralised-fedcctr, or remove it`,
  };
}

function checkSizes({ settings, at }: Checked): PathIssue[] {
  const { candidates, liked, disliked, stages } = settings;
  if (!stages.includes("sequences") || candidates >= liked + disliked) return [];
  return [
    {
      path: at("candidates"),
      message: `${candidates} are fewer than ${liked} liked and ${disliked} disliked items together, which are picked among them; raise it, or lower these`,
    },
  ];
}

/** What is said of items and users, and what a language model is told, is made of texts. */
function checkTexts({ settings, at }: Checked, experiment: Experiment): PathIssue[] {
  if (columnsOfClients(experiment).some(({ columns }) => columns.text !== undefined)) return [];
  const isSimilar = settings.pool !== "popularity" && settings.stages.includes("sequences");
  const needy = [
    ...settings.stages.filter((stage) => stage !== "sequences"),
    ...(isSimilar ? ["a pool of similar items"] : []),
  ];
  if (asksLanguageModel(settings))
    return [
      {
        path: at("kind"),
        message: `${settings.kind} tells a language model titles of items, but no column has the role text; name one in data.columns.text, or set kind to heuristic with stages: [sequences]`,
      },
    ];
  if (needy.length === 0) return [];
  return [
    {
      path: at("stages"),
      message: `${needy.join(" and ")} ${needy.length === 1 ? "is" : "are"} made of texts of items, but no column has the role text; name one in data.columns.text, or set stages to [sequences]${isSimilar ? " and pool to popularity" : ""}`,
    },
  ];
}

function checkModel(settings: LanguageModelSettings, at: Checked["at"]): PathIssue[] {
  return [
    ...settings.send.redact.flatMap((pattern, i) =>
      new RegExp(pattern, "giu").test("")
        ? [
            {
              path: at("send", "redact", i),
              message: `${shown(pattern)} matches where nothing stands; let it match at least one character`,
            },
          ]
        : [],
    ),
    ...(settings.kind === "openai-compatible" ? checkServer(settings, at) : []),
  ];
}

function checkServer(
  { baseUrl, budget, prices }: Extract<LanguageModelSettings, { kind: "openai-compatible" }>,
  at: Checked["at"],
): PathIssue[] {
  const { username, password, search, hash } = new URL(baseUrl);
  return [
    // The value is not repeated: it holds a secret.
    ...(username + password + search + hash === ""
      ? []
      : [
          {
            path: at("baseUrl"),
            message:
              "holds more than an address, such as a user name or a key, which would stand in files of the run; remove what stands before @ and from ? on, and name an environment variable with the key in apiKeyEnv",
          },
        ]),
    ...(budget.money === undefined || prices.input + prices.output > 0
      ? []
      : [
          {
            path: at("budget", "money"),
            message: `${budget.money} is never reached where nothing has a price; give prices, or a budget in calls or tokens`,
          },
        ]),
  ];
}
