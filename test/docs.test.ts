import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { generatedPages } from "../scripts/docs-generated.ts";
import { linkedPath, repositoryPages, siteLink } from "../scripts/docs-links.ts";
import { commandsOf, missingLine, snippetsOf } from "../scripts/docs-snippets.ts";

const root = resolve(import.meta.dirname, "..");

describe("docs/reference/generated is what `npm run docs:reference` writes", async () => {
  test.each(Object.entries(await generatedPages()))("%s", (name, text) => {
    expect(readFileSync(join(root, "docs/reference/generated", name), "utf8")).toBe(text);
  });
});

describe("pages of methods tell numbers that the results pages have", () => {
  test.each(globSync("docs/methods/*.md", { cwd: root }))("%s", (path) => {
    const text = readFileSync(join(root, path), "utf8");
    const results = [...text.matchAll(/\]\((\.\.\/results\/[\w-]+\.md)/g)]
      .map(([, link]) => readFileSync(join(root, "docs/methods", link!), "utf8"))
      .join("\n");
    const told = [...text.matchAll(/[+-]?\d\.\d{4}/g)].map(([number]) => number);
    expect(told.filter((number) => !results.includes(number))).toEqual([]);
  });
});

describe("links that leave docs/ lead somewhere in the site", () => {
  const page = "docs/reference/data.md";

  test("to what lies outside, to pages from there, and stay as they are within", () => {
    expect(siteLink(root, page, "../../examples/synthetic.yaml")).toBe(
      "/repository/examples/synthetic.yaml.html",
    );
    expect(siteLink(root, page, "tune.md")).toBe(undefined);
    expect(
      siteLink(root, "docs/repository/examples/a/README.md", "../../docs/reference/data.md#x"),
    ).toBe("/reference/data.md#x");
    expect(siteLink(root, page, "https://example.org")).toBe(undefined);
    expect(siteLink(root, page, "../../no/such/file")).toBe(undefined);
  });

  test("every file they lead to is shown, folders with what lies in them", () => {
    const shown = repositoryPages(root, [page]).map(({ path }) => path);
    expect(shown).toContain("examples/datasets");
    expect(shown).toContain("examples/datasets/criteo-10k.yaml");
    expect(linkedPath(page, "../../examples")).toBe("examples");
  });
});

describe("snippets", () => {
  test("are fences with their marks, and comments that prepare", () => {
    const page =
      "# A\n\n<!-- sh\nnpx atoll a\n-->\n\n```yaml file=b.yaml\nc: 1\n```\n\n```sh no-run\nd\n```\n";
    expect(snippetsOf(page).map(({ language, file, line }) => [language, file, line])).toEqual([
      ["sh", undefined, 3],
      ["yaml", "b.yaml", 7],
      ["sh", undefined, 11],
    ]);
    expect(snippetsOf(page)[2]!.marks.has("no-run")).toBe(true);
  });

  test("commands are split as a shell splits them", () => {
    expect(commandsOf("# all\nnpx atoll run --set 'a=[b, c]' \\\n  x.yaml\n\nnpx b\n")).toEqual([
      ["npx", "atoll", "run", "--set", "a=[b, c]", "x.yaml"],
      ["npx", "b"],
    ]);
  });

  test("shown lines are found in order; numbers are let go where the block says so", () => {
    const output = "start\nrow  0.5+  1.2 KiB\nend of it\n";
    expect(missingLine("start\nrow  0.5+  1.2 KiB", output, false)).toBe(undefined);
    expect(missingLine("start\nend of it", output, false)).toBe("end of it");
    expect(missingLine("start\n...\nend ...", output, false)).toBe(undefined);
    expect(missingLine("row 0.71 3 MiB", output, true)).toBe(undefined);
    expect(missingLine("row 0.71 3 MiB", output, false)).toBe("row 0.71 3 MiB");
    expect(missingLine("other 0.5", output, true)).toBe("other 0.5");
  });
});
