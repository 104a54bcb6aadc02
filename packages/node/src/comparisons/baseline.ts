import type { Setting } from "../tune/index.ts";
import { nameWith } from "./setting.ts";

/** A method as far as it says what it may be compared with. */
interface Candidate {
  readonly kind: string;
  readonly base: string;
  readonly settings: Setting;
}

/**
 * The local-only training that a method is held against, by name: the one with the same settings, as far as they
 * reach local training, else the first. None for local-only trainings of the same name, which are baselines.
 */
export function baselineOf(
  method: string,
  methods: Readonly<Record<string, Candidate>>,
): string | undefined {
  const own = methods[method]!;
  const locals = Object.entries(methods).filter(([, { kind }]) => kind === "local");
  const first = locals[0];
  if (first === undefined || own.base === first[1].base) return undefined;
  const same = locals.find(([name, { base, settings }]) => {
    const shared = Object.entries(own.settings).filter(([key]) => Object.hasOwn(settings, key));
    return base === first[1].base && name === nameWith(base, Object.fromEntries(shared));
  });
  return (same ?? first)[0];
}
