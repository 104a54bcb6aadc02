import { globSync } from "node:fs";
import { resolve } from "node:path";
import { repositoryPages, repositorySlug } from "../../scripts/docs-links.ts";

const root = resolve(import.meta.dirname, "../..");

// VitePress asks for a default export.
export default {
  paths: () =>
    repositoryPages(root, globSync("docs/**/*.md", { cwd: root })).map(({ path, markdown }) => ({
      params: { path: repositorySlug(path) },
      content: markdown,
    })),
};
