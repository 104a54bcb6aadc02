import { AtollError } from "../../errors/index.ts";
import { buildModel, type Model } from "../../models/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import type { MethodSettings } from "../types.ts";

/**
 * Whether a parameter belongs to a client's personal head: the towers of tasks and, where there are
 * experts, the gates that choose between them for a task; of a model of one task its last layer. All
 * else is the body, the representation.
 */
export function isHead({ part }: Pick<ParameterSpec, "part">): boolean {
  return part?.kind === "tower" || part?.kind === "gate";
}

/** What is wrong with a model that has no head to keep at home. */
export function lacksHead(model: Model): string | undefined {
  return model.parameters.some(isHead)
    ? undefined
    : `keeps a model's head at home, but model ${model.kind} has neither towers of tasks nor a last layer of its own; take one that has, such as mmoe or deepfm, or another method, such as ditto`;
}

/** Refuses a model without a head, by the name of the method that keeps heads at home. */
export function checkHead(method: string, settings: MethodSettings): void {
  const problem = lacksHead(buildModel(settings.model, settings.features));
  if (problem !== undefined)
    throw new AtollError("METHOD_NEEDS_MODEL", `method ${method} ${problem}`);
}
