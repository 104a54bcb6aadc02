import { resolve } from "node:path";
import { defineConfig } from "vitepress";
import { siteLink } from "../../scripts/docs-links.ts";
import { sidebar } from "./pages.ts";

const root = resolve(import.meta.dirname, "../..");

// VitePress asks for a default export.
export default defineConfig({
  title: "Atoll",
  description:
    "Would your markets gain from learning together, when their data may not leave home?",
  lang: "en",
  // Nothing comes from the network: fonts are those of the reader's system.
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/mark.svg" }]],
  markdown: {
    config: (md) => {
      md.core.ruler.push("repository-links", ({ tokens, env }) => {
        const page = `docs/${(env as { relativePath: string }).relativePath}`;
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.type === "link_open" && siteLink(root, page, token.attrGet("href")!);
          if (link) token.attrSet("href", link);
        }
      });
    },
  },
  themeConfig: {
    logo: { src: "/mark.svg", alt: "" },
    search: { provider: "local" },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: "Tutorial", link: "/tutorial/", activeMatch: "^/tutorial/" },
      { text: "Guides", link: "/guides/", activeMatch: "^/guides/" },
      { text: "Methods", link: "/methods/", activeMatch: "^/methods/" },
      { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
      { text: "Results", link: "/results/", activeMatch: "^/results/" },
    ],
    footer: { message: "Apache-2.0" },
  },
});
