import { AtollError } from "../errors/index.ts";

/** Definitions by name: the library's own, and those that extensions add while a process lasts. */
export interface OpenTable<Definition> {
  readonly find: (name: string) => Definition | undefined;
  /** EXTENSION_NOT_LOADED where there is none of this name. */
  readonly get: (name: string) => Definition;
  /** The library's names first, then added ones in the order in which they came. */
  readonly names: () => readonly string[];
  /**
   * EXTENSION_NAME_TAKEN where another definition has the name; undefined: it may be added. `from` is whose the
   * definition is, for messages.
   */
  readonly refusal: (addition: Addition<Definition>) => AtollError | undefined;
  /** Adds a definition for good. The same one under the same name again changes nothing. */
  readonly add: (addition: Addition<Definition>) => void;
}

export interface Addition<Definition> {
  readonly name: string;
  readonly definition: Definition;
  readonly from: string;
}

/**
 * A table that starts with the library's definitions. `noun` names one of them in messages.
 *
 * @example
 * openTable("metric", { auc: 1, ece: 2 }).names() // ["auc", "ece"]
 */
export function openTable<Definition>(
  noun: string,
  own: Readonly<Record<string, Definition>>,
): OpenTable<Definition> {
  const added = new Map<string, Addition<Definition>>();
  const find = (name: string) =>
    Object.hasOwn(own, name) ? own[name] : added.get(name)?.definition;
  const refusal = ({ name, definition, from }: Addition<Definition>) => {
    const taken = find(name);
    if (taken === undefined || taken === definition) return undefined;
    return new AtollError(
      "EXTENSION_NAME_TAKEN",
      `${from} adds the ${noun} "${name}", a name that ${added.get(name)?.from ?? "the library"} has taken; give it another name`,
    );
  };
  return {
    find,
    get: (name) => {
      const found = find(name);
      if (found !== undefined) return found;
      throw new AtollError(
        "EXTENSION_NOT_LOADED",
        `there is no ${noun} "${name}" here; where a module adds it, list the module under extensions in the experiment`,
      );
    },
    names: () => [...Object.keys(own), ...added.keys()],
    refusal,
    add: (addition) => {
      const refused = refusal(addition);
      if (refused !== undefined) throw refused;
      if (find(addition.name) === undefined) added.set(addition.name, addition);
    },
  };
}
