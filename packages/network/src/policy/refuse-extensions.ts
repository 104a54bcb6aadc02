import { AtollError } from "@atoll/core/errors";

/** A silo computes with its own software alone: whoever submits can bring settings, and no code. */
export function refuseExtensions({
  name,
  extensions,
}: {
  readonly name?: unknown;
  readonly extensions?: unknown;
}): void {
  if (!Array.isArray(extensions) || extensions.length === 0) return;
  throw new AtollError(
    "EXTENSION_DEPLOYED",
    `experiment "${String(name)}" names the extensions ${extensions.join(", ")}, but a job is data, never code: silos run the library's methods, models and metrics alone; run it on one machine with atoll run, or remove extensions and what they add`,
  );
}
