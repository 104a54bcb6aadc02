/** Characters of a title in a prompt at most. */
export const TITLE = 200;

/** Stands for what was matched while other patterns look: of private use, so that no title has it. */
const MATCHED = "\uE000";
/** Characters that nobody sees, with which a title could say one thing to people and another to a model. */
const UNSEEN =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const BREAKS = /[\s\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;

/** A text on one line, without control characters. */
export function oneLine(text: string): string {
  return text.replaceAll(UNSEEN, "").replaceAll(BREAKS, " ").trim();
}

/**
 * Titles as prompts tell them: on one line, without what the regular expressions match, at most 200
 * characters, as a JSON string, so that no title ends its line or leaves its quotes. Undefined where no letter
 * or digit is left. How long a match takes is up to whoever wrote the expressions.
 */
export function titleWriter(redact: readonly string[]): (title: string) => string | undefined {
  const patterns = redact.map((source) => new RegExp(source, "giu"));
  return (title) => {
    let text = oneLine(title);
    for (const pattern of patterns)
      text = text.replace(pattern, (match) => (match === "" ? "" : MATCHED));
    if (!/[\p{L}\p{N}]/u.test(text)) return undefined;
    text = text.replaceAll(MATCHED, "[redacted]");
    // A character has two UTF-16 units at most.
    const characters = Array.from(text.slice(0, 2 * TITLE));
    return JSON.stringify(characters.slice(0, TITLE).join("").trimEnd());
  };
}
