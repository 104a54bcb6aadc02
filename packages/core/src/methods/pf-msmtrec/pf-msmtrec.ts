import { tasksOf } from "../../data/index.ts";
import { buildModel } from "../../models/index.ts";
import { buildTemplated } from "./build-templated.ts";
import { NO_AUGMENTATION, type Augmentation } from "../stages/augmentation.ts";
import { federatedStages } from "../stages/federated.ts";
import { method, type MethodSettings } from "../types.ts";
import { pfConfig, type PfConfig } from "./config.ts";
import { pfCoordinator } from "./coordination/coordinator.ts";
import { ownRows, travels } from "./coordination/rules.ts";
import { pfLocalRule } from "./local-rule.ts";

/**
 * PF-MSMTrec: personalised federated multi-scenario multi-task recommendation. Ding et al. 2025, arXiv
 * 2406.18938, as publicly described; docs/decisions/0017-pf-msmtrec.md says which choices are ours.
 */
export const pfMsmtrec = method({
  config: pfConfig,
  summary:
    "Experts of global, task and scenario factors; each scenario receives its own aggregate, experts first, then towers (Ding et al. 2025).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (config, settings) =>
    federatedStages(
      settings,
      {
        kind: "federated",
        server: {
          kind: "one-for-each",
          coordinator: (blocks, joins) =>
            pfCoordinator(config, { blocks, joins, tasks: tasksLearned(settings) }),
          joinsTables: ownRows(config),
          joinsStatistics: true,
        },
        normalisation: config.normalisation,
        parts: ({ part }) => travels(config, part),
        local: pfLocalRule(config),
        evidence: true,
        finalPasses: config.finalPasses,
      },
      templated(config),
    ),
});

/** The tasks that the model has towers for: all, or the one that it is told to learn. */
function tasksLearned({ model, features, training }: MethodSettings): readonly string[] {
  const tasks = tasksOf(features);
  return buildModel(model, features).multiTask === true ? tasks : [training.task ?? tasks[0]!];
}

/** The experiment's model, whose experts are made of factors. */
function templated({ template: { operator, taskFactor } }: PfConfig): Augmentation {
  if (operator === "off") return NO_AUGMENTATION;
  const template = { operator, taskFactor };
  return {
    ...NO_AUGMENTATION,
    added: () => ({ codes: [], unread: [], template }),
    build: (model, schema) => buildTemplated(model, schema, template),
  };
}
