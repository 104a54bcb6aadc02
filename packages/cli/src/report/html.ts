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

/** Template tag: literal parts are markup, interpolated parts are escaped unless they are `Html`. */
export function html(parts: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  let markup = parts[0] ?? "";
  for (let i = 0; i < slots.length; i++) markup += markupOf(slots[i]) + (parts[i + 1] ?? "");
  return new Html(markup);
}

/** Puts `separator` between the entries. */
export function joined(slots: readonly Slot[], separator: Slot): Html {
  return new Html(slots.map(markupOf).join(markupOf(separator)));
}
