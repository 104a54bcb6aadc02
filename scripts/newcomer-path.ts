import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { missingLine, snippetsOf } from "./docs-snippets.ts";

/** The pages of the tutorial, in the order in which a newcomer reads them. */
const PAGES = ["index.md", "method-and-privacy.md", "models.md"];

const tutorial = resolve(import.meta.dirname, "../docs/tutorial");

/** What was typed, what it cost, and what the page shows that it did not print. */
export interface Typed {
  readonly at: string;
  readonly seconds: number;
  readonly exitCode: number;
  readonly output: string;
  readonly missing: string | undefined;
}

export interface NewcomerOptions {
  /** An empty folder with Atoll installed, or none if `install` types how. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onTyped?: (typed: Typed) => void;
}

/** Types a block into a shell, as it stands. */
export async function typeBlock(text: string, { folder, env }: NewcomerOptions) {
  let output = "";
  const started = performance.now();
  const child = spawn("bash", ["-euo", "pipefail", "-c", text], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => (output += part));
  const exitCode = await new Promise<number>((done, failed) => {
    child.on("error", failed).on("close", (code) => done(code ?? 1));
  });
  return { output, exitCode, seconds: (performance.now() - started) / 1000 };
}

/** How the tutorial installs Atoll: the block marked `install`. */
export function installBlock(): string {
  const blocks = snippetsOf(readFileSync(join(tutorial, PAGES[0]!), "utf8"));
  return blocks.find(({ marks }) => marks.has("install"))!.text;
}

/**
 * The newcomer's path: saves the tutorial's files and types its commands, in order, in one folder, and looks for what the
 * pages show. Ends at the first command that fails.
 */
export async function walkTutorial(options: NewcomerOptions): Promise<Typed[]> {
  const all: Typed[] = [];
  for (const page of PAGES) {
    const snippets = snippetsOf(readFileSync(join(tutorial, page), "utf8"));
    for (const [i, { file, text, language, marks, line }] of snippets.entries()) {
      if (file !== undefined) await writeFile(join(options.folder, file), text);
      if (language !== "sh" || marks.has("no-run")) continue;
      const ran = await typeBlock(text, options);
      const shown = showsOf(snippets.slice(i + 1)).map((own) =>
        missingLine(own.text, ran.output, own.marks.has("like")),
      );
      const typed = {
        at: `${page}:${line}`,
        ...ran,
        missing: shown.find((own) => own !== undefined),
      };
      all.push(typed);
      options.onTyped?.(typed);
      if (ran.exitCode !== 0) return all;
    }
  }
  return all;
}

/** What a page shows of a command: every output up to the next command. */
function showsOf(rest: ReturnType<typeof snippetsOf>) {
  const next = rest.findIndex(({ language, marks }) => language === "sh" && !marks.has("no-run"));
  return (next < 0 ? rest : rest.slice(0, next)).filter(
    ({ marks }) => marks.has("output") || marks.has("like"),
  );
}
