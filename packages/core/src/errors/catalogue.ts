import { augmentationErrors } from "./families/augmentation.ts";
import { dataRowErrors } from "./families/data-rows.ts";
import { dataSourceErrors } from "./families/data-sources.ts";
import { deploymentErrors } from "./families/deployment.ts";
import { experimentErrors } from "./families/experiment.ts";
import { identityErrors } from "./families/identity.ts";
import { methodErrors } from "./families/methods.ts";
import { privacyErrors } from "./families/privacy.ts";
import { programErrors } from "./families/programs.ts";
import { protocolErrors } from "./families/protocol.ts";
import { servingErrors } from "./families/serving.ts";
import { trainingErrors } from "./families/training.ts";
import type { ErrorFamily } from "./family.ts";

/** Every error code with what it means and the way out, in the order of docs/reference/generated/errors.md. */
export const errorFamilies: readonly ErrorFamily[] = [
  experimentErrors,
  dataSourceErrors,
  dataRowErrors,
  methodErrors,
  trainingErrors,
  programErrors,
  privacyErrors,
  augmentationErrors,
  servingErrors,
  identityErrors,
  deploymentErrors,
  protocolErrors,
];

/**
 * Every error code with its meaning and its way out. A new one is an entry in one of the families; `npm run docs:reference`
 * writes it down, and a test holds every code against its use in the sources.
 */
export const catalogue = {
  ...experimentErrors.codes,
  ...dataSourceErrors.codes,
  ...dataRowErrors.codes,
  ...methodErrors.codes,
  ...trainingErrors.codes,
  ...programErrors.codes,
  ...privacyErrors.codes,
  ...augmentationErrors.codes,
  ...servingErrors.codes,
  ...identityErrors.codes,
  ...deploymentErrors.codes,
  ...protocolErrors.codes,
};

export type ErrorCode = keyof typeof catalogue;
