import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";

/** A link of Markdown text: `[words](target)`; pictures among them. */
const LINK = /\]\(([^)\s]+)\)/g;

const EXTERNAL = /^([a-z]+:|#|\/)/;

/**
 * The file or folder of the repository that a relative link of a file means.
 * @example
 * linkedPath("docs/reference/data.md", "../../examples/datasets#top") // "examples/datasets"
 */
export function linkedPath(from: string, href: string): string | undefined {
  if (EXTERNAL.test(href)) return undefined;
  return posix.join(posix.dirname(from), href.replace(/#.*$/, "")).replace(/\/$/, "");
}

/**
 * The address in the site of a file or folder that lies outside of docs/.
 * @example
 * repositoryRoute("examples/synthetic.yaml") // "/repository/examples/synthetic.yaml.html"
 */
export function repositoryRoute(path: string): string {
  return `/repository/${repositorySlug(path)}.html`;
}

/** What a file or folder outside of docs/ is called below /repository/: Markdown has no ending there, as everywhere in the site. */
export function repositorySlug(path: string): string {
  return path.replace(/\.md$/, "");
}

/**
 * Where a link of a page leads in the site, when the repository's own link would not: what lies outside of docs/ is
 * shown under /repository/, and links from there back into docs/ lead to pages.
 */
export function siteLink(root: string, page: string, href: string): string | undefined {
  const shown = page.startsWith("docs/repository/");
  const path = linkedPath(shown ? page.slice("docs/repository/".length) : page, href);
  if (path === undefined || path.startsWith("..")) return undefined;
  const inDocs = path === "docs" || path.startsWith("docs/");
  if (inDocs)
    return shown ? `${path.slice("docs".length)}${/#.*$/.exec(href)?.[0] ?? ""}` : undefined;
  return existsSync(posix.join(root, path)) ? repositoryRoute(path) : undefined;
}

/** A file or folder outside of docs/, as the site shows it. */
export interface RepositoryPage {
  readonly path: string;
  readonly markdown: string;
}

/** Everything outside of docs/ that the pages lead to, over as many links as it takes. */
export function repositoryPages(root: string, pages: readonly string[]): RepositoryPage[] {
  const shown = new Set<string>();
  const waiting = pages.flatMap((page) => linksOf(root, page));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (shown.has(path) || path.startsWith("docs") || !existsSync(posix.join(root, path))) continue;
    shown.add(path);
    waiting.push(...(isFolder(root, path) ? below(root, path) : linksOf(root, path)));
  }
  return [...shown].toSorted().map((path) => ({ path, markdown: show(root, path) }));
}

function linksOf(root: string, path: string): string[] {
  if (!path.endsWith(".md")) return [];
  const text = readFileSync(posix.join(root, path), "utf8");
  return [...text.matchAll(LINK)].flatMap(([, href]) => linkedPath(path, href!) ?? []);
}

const isFolder = (root: string, path: string) => statSync(posix.join(root, path)).isDirectory();

function below(root: string, folder: string): string[] {
  return readdirSync(posix.join(root, folder))
    .filter((name) => !name.startsWith(".") && name !== "node_modules" && name !== "runs")
    .map((name) => posix.join(folder, name));
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ".ts": "ts",
  ".yaml": "yaml",
  ".json": "json",
  ".conf": "nginx",
  ".service": "ini",
};

function show(root: string, path: string): string {
  if (isFolder(root, path)) {
    const links = below(root, path).map((name) => `- [${name}](${repositoryRoute(name)})`);
    return `# ${path}\n\n${links.join("\n")}\n`;
  }
  const text = readFileSync(posix.join(root, path), "utf8");
  if (path.endsWith(".md")) return text;
  return `# ${path}\n\n\`\`\`\`${LANGUAGES[posix.extname(path)] ?? "text"}\n${text}\n\`\`\`\`\n`;
}
