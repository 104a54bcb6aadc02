/** A fenced block of a page, or a comment that prepares the page's folder (`<!-- sh ... -->`). */
export interface Snippet {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language: `no-run`, `file=NAME`, `output`, `like`. */
  readonly marks: ReadonlySet<string>;
  /** `file=NAME`: the reader saves it under this name. */
  readonly file: string | undefined;
  readonly text: string;
}

const BLOCK = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$|^<!-- (sh)\n([\s\S]*?)-->$/gm;

/** Every block of a page, in order. */
export function snippetsOf(markdown: string): Snippet[] {
  return [...markdown.matchAll(BLOCK)].map((match) => {
    const [, language, info = "", text, hidden, setup] = match;
    const marks = info.trim().split(/\s+/).filter(Boolean);
    return {
      line: markdown.slice(0, match.index).split("\n").length,
      language: language ?? hidden!,
      marks: new Set(marks),
      file: marks.find((mark) => mark.startsWith("file="))?.slice("file=".length),
      text: text ?? setup!,
    };
  });
}

/**
 * The command lines of a block as words: comments left out, lines that end in a backslash joined, quotes taken off.
 * @example
 * commandsOf("npx atoll run 'a b.yaml' \\\n  --seed 1 # twice\n") // [["npx", "atoll", "run", "a b.yaml", "--seed", "1"]]
 */
export function commandsOf(text: string): string[][] {
  return text
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .map((line) =>
      [...line.matchAll(/(^|\s)#.*$|((?:'[^']*'|"[^"]*"|[^\s'"])+)/g)].flatMap(([, , word]) =>
        word === undefined ? [] : [word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2")],
      ),
    )
    .filter((words) => words.length > 0);
}

/** Numbers of a training differ from one processor to another in their last digits, and so in what is clear. */
const masked = (line: string) =>
  line
    .replaceAll(/[+−-]?\d[\d,.]*(e[+-]\d+)?[+-]?/g, "#")
    .replaceAll(/# (B|KiB|MiB)\b/g, "# B")
    // The worst client stands behind its value.
    .replaceAll(/\s+/g, " ")
    .replaceAll(/# [a-z]\w*/g, "#")
    .trim();

/**
 * The first shown line that an output does not have, its lines in order; undefined where it has all. A line `...` stands for
 * any lines, ` ...` at the end of one for the rest of it. `like` compares all but numbers and spaces.
 */
export function missingLine(shown: string, output: string, like: boolean): string | undefined {
  const bare = like ? masked : (line: string) => line.trimEnd();
  const lines = output.split("\n").map(bare);
  let at = 0;
  let skip = true;
  for (const raw of shown.trimEnd().split("\n")) {
    if (raw.trim() === "...") {
      skip = true;
      continue;
    }
    const open = raw.endsWith(" ...");
    const line = bare(open ? raw.slice(0, -" ...".length) : raw);
    const fits = (own: string) => (open ? own.startsWith(line) : own === line);
    const found = lines.findIndex((own, i) => i >= at && fits(own));
    if (found < 0 || (!skip && found !== at)) return raw;
    at = found + 1;
    skip = false;
  }
  return undefined;
}
