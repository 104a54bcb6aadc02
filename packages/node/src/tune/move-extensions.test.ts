import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { moveExtensions } from "./move-extensions.ts";

test("files of extensions are found where they were, packages by their names", () => {
  const moved = (text: string, to: string) => {
    const document = parseDocument(text);
    moveExtensions(document, { from: "/studies/tea", to });
    return (document.toJS() as { extensions?: unknown }).extensions;
  };
  const text = "extensions: [./a.ts, ../b.ts, /abs/c.ts, some-package]";
  expect(moved(text, "/studies/runs/tune")).toEqual([
    "../../tea/a.ts",
    "../../b.ts",
    "../../../abs/c.ts",
    "some-package",
  ]);
  expect(moved(text, "/studies")).toEqual(["./tea/a.ts", "./b.ts", "../abs/c.ts", "some-package"]);
  expect(moved("name: tea", "/studies")).toBeUndefined();
});
