import { globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { DefaultTheme } from "vitepress";

const docs = resolve(import.meta.dirname, "..");

/** The first heading of a page. */
const title = (path: string) =>
  /^# (.+)$/m.exec(readFileSync(resolve(docs, path), "utf8"))?.[1] ?? basename(path, ".md");

const item = (path: string, text?: string): DefaultTheme.SidebarItem => ({
  text: text ?? title(path),
  link: `/${path.replace(/(index)?\.md$/, "")}`,
});

/** The pages of a folder by name, but for its index; those of `first` before the others. */
function folder(name: string, first: readonly string[] = []): DefaultTheme.SidebarItem[] {
  const all = globSync(`${name}/*.md`, { cwd: docs })
    .filter((path) => basename(path) !== "index.md" && !path.includes("["))
    .toSorted();
  const chosen = first.map((page) => `${name}/${page}.md`);
  return [...chosen, ...all.filter((path) => !chosen.includes(path))].map((path) => item(path));
}

/** What stands at the left of every page. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: "Tutorial",
    items: [
      item("tutorial/index.md"),
      item("tutorial/method-and-privacy.md"),
      item("tutorial/models.md"),
    ],
  },
  {
    text: "Guides",
    link: "/guides/",
    collapsed: false,
    items: folder("guides", [
      "worth-it",
      "which-method",
      "privacy-cost",
      "what-leaves",
      "personal-models",
      "scenarios-and-tasks",
      "users-in-domains",
      "larger-than-memory",
      "comparing-fairly",
      "tuning",
      "several-machines",
      "serving",
      "own-method",
    ]),
  },
  {
    text: "Methods explained",
    link: "/methods/",
    collapsed: false,
    items: folder("methods", ["baselines", "fedmm", "pf-msmtrec", "fedcctr-lm"]),
  },
  {
    text: "Reference",
    link: "/reference/",
    collapsed: true,
    items: [
      {
        text: "Made from the code",
        items: folder("reference/generated", [
          "experiment",
          "methods",
          "models",
          "metrics",
          "commands",
          "errors",
        ]),
      },
      ...folder("reference", ["data", "methods", "models", "privacy"]),
      item("threat-model.md"),
    ],
  },
  { text: "Results", link: "/results/", collapsed: true, items: folder("results") },
  {
    text: "Inside",
    collapsed: true,
    items: [
      item("architecture.md"),
      { text: "Decisions", link: "/decisions/", collapsed: true, items: folder("decisions") },
    ],
  },
];
