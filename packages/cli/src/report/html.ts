/** Markup that is safe to insert: made by `html` only, so plain strings are always escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What a template may hold. `undefined` and `false` leave nothing behind. */
export type Slot = Html | string | number | false | undefined | readonly Slot[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Makes text safe inside elements and quoted attributes. Control characters and
 * lone surrogates, which HTML does not allow, become U+FFFD.
 *
 * @example
 * escapeHtml('<b title="x">') // "&lt;b title=&quot;x&quot;&gt;"
 */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, "\uFFFD");
}

function markupOf(slot: Slot): string {
  if (slot === undefined || slot === false) return "";
  if (slot instanceof Html) return slot.markup;
  if (typeof slot === "string") return escapeHtml(slot);
  if (typeof slot === "number") return String(slot);
  return slot.map(markupOf).join("");
}

const lean = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Literal parts without their indentation, which would be a tenth of a page. */
function leanParts(parts: TemplateStringsArray): readonly string[] {
  const known = lean.get(parts) ?? parts.map((part) => part.replaceAll(/\s*\n\s*/g, "\n"));
  lean.set(parts, known);
  return known;
}

/**
 * Template tag: literal parts are markup, in which white space with a line break is one line break; interpolated parts
 * are escaped unless they are `Html`.
 */
export function html(template: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  const parts = leanParts(template);
  let markup = parts[0] ?? "";
  for (let i = 0; i < slots.length; i++) markup += markupOf(slots[i]) + (parts[i + 1] ?? "");
  return new Html(markup);
}

/** Puts `separator` between the entries. */
export function joined(slots: readonly Slot[], separator: Slot): Html {
  return new Html(slots.map(markupOf).join(markupOf(separator)));
}
