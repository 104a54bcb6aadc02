import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { parseExperiment } from "@atoll/node/experiment";
import { tuneJsonSchema } from "@atoll/node/tune";
import { ran } from "../packages/cli/src/cli.fixture.ts";
import { commands } from "../scripts/docs-commands.ts";
import { commandsOf, missingLine, snippetsOf, type Snippet } from "../scripts/docs-snippets.ts";

const root = resolve(import.meta.dirname, "..");

/** The tutorial is typed by newcomer.test.ts. */
const pages = globSync(["README.md", "docs/index.md", "docs/{tutorial,guides,methods}/*.md"], {
  cwd: root,
}).toSorted();

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** Threads change no number. More than one costs this machine more than it saves on worlds so small. */
const THREADED = new Set(["run", "tune", "compare", "audit", "predict"]);
const lean = (words: readonly string[]) =>
  THREADED.has(words[0]!) ? [...words, "--threads", "1"] : words;

/** The README's commands are typed at a checkout's root, over files of one's own: the tutorial has them all. */
function snippetsOfPage(page: string): Snippet[] {
  const snippets = snippetsOf(readFileSync(join(root, page), "utf8"));
  if (page !== "README.md") return snippets;
  return snippets.map((own) =>
    own.language === "sh" ? { ...own, marks: new Set([...own.marks, "no-run"]) } : own,
  );
}

const isTyped = ({ language, marks }: Snippet) => language === "sh" && !marks.has("no-run");

/** What an experiment needs that a block of a few settings does not say. */
const REST = `name: rest
data: { kind: synthetic, markets: { north: { rows: 400 }, south: { rows: 200 } } }
split: { kind: random }
methods: [local, fedavg]
`;

/** A whole experiment as it stands; some blocks of one, beside what is left to say. */
function checkYaml({ text }: Snippet): void {
  const keys = Object.keys(parseDocument(text).toJS() as object);
  if (keys.includes("space")) {
    const known = Object.keys((tuneJsonSchema() as { properties: object }).properties);
    expect(keys.filter((key) => !known.includes(key))).toEqual([]);
    return;
  }
  const rest = parseDocument(REST);
  for (const key of keys) rest.delete(key);
  const missing = String(rest).trim() === "{}" ? "" : String(rest);
  parseExperiment(`${text}\n${missing}`, "snippet.yaml");
}

/** A folder as an installation of the packages leaves it. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "atoll-docs-"));
  folders.push(folder);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function walk(page: string, snippets: readonly Snippet[]): Promise<void> {
  const folder = await newFolder();
  let output = "";
  for (const snippet of snippets) {
    const at = `${page}:${snippet.line}`;
    if (snippet.file !== undefined) await writeFile(join(folder, snippet.file), snippet.text);
    if (snippet.language === "yaml" && !snippet.marks.has("no-check")) checkYaml(snippet);
    if (isTyped(snippet)) {
      output = "";
      for (const words of commandsOf(snippet.text)) {
        expect(words.slice(0, 2), at).toEqual(["npx", "atoll"]);
        const { stdout, stderr, exitCode } = await ran(folder, lean(words.slice(2)));
        expect([exitCode, stderr], `${at}: ${words.join(" ")}`).toEqual([0, stderr]);
        output += stdout;
      }
    }
    if (snippet.marks.has("output") || snippet.marks.has("like"))
      expect(
        missingLine(snippet.text, output, snippet.marks.has("like")),
        `${at} in\n${output}`,
      ).toBe(undefined);
  }
}

describe("every snippet runs", () => {
  test.each(pages.filter((page) => !page.startsWith("docs/tutorial/")))("%s", async (page) => {
    await walk(page, snippetsOfPage(page));
  });
});

test("TypeScript that readers save has no type errors", async () => {
  const saved = pages.flatMap((page) =>
    snippetsOf(readFileSync(join(root, page), "utf8")).filter(({ language }) => language === "ts"),
  );
  expect(saved.length).toBeGreaterThan(0);
  const folder = await newFolder();
  for (const { file, text } of saved) await writeFile(join(folder, file!), text);
  const config = { extends: join(root, "tsconfig.json"), include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  // What is wrong shows that types are looked at.
  await writeFile(join(folder, "wrong.ts"), 'export const wrong: number = "text";\n');
  // Of these files alone: the compiler itself would check every source that they import too, as `npm run typecheck` does.
  const words = ["--type-aware", "--type-check", "--quiet", ...saved.map(({ file }) => file!)];
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, ...words, "wrong.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(
    stripVTControlCharacters(stdout).match(/typescript\(TS\d+\)|[\w-]+\.ts:\d+/g),
    stdout,
  ).toEqual(["typescript(TS2322)", "wrong.ts:1"]);
});

test("what cannot be typed here is marked, and its commands and flags exist", async () => {
  const all = new Map((await commands()).map(({ name, help }) => [name, help]));
  const marked = pages.flatMap((page) =>
    snippetsOfPage(page)
      .filter(({ language, marks }) => language === "sh" && marks.has("no-run"))
      .map(({ line, text }) => ({ at: `${page}:${line}`, page, text })),
  );
  for (const { at, text } of marked)
    for (const words of commandsOf(text.replaceAll("npx atoll", "atoll"))) {
      if (words[0] !== "atoll") continue;
      const name = [3, 2].map((n) => words.slice(0, n).join(" ")).find((own) => all.has(own));
      expect(name, `${at}: ${words.join(" ")}`).toBeDefined();
      for (const flag of words.filter((word) => /^--\w/.test(word)))
        expect(all.get(name!), `${at}: ${words.join(" ")}`).toContain(flag);
    }
  const counted = Object.entries(Object.groupBy(marked, ({ page }) => page)).map(
    ([page, own]) => `${page} ${own!.length}`,
  );
  expect(counted).toEqual([
    "README.md 4",
    "docs/guides/several-machines.md 3",
    "docs/guides/what-leaves.md 1",
    "docs/index.md 1",
    "docs/tutorial/index.md 2",
    "docs/tutorial/method-and-privacy.md 1",
    "docs/tutorial/models.md 1",
  ]);
});
