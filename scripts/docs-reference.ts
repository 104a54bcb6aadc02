/*
 * Makes docs/reference/generated: `npm run docs:reference`. A test holds the committed pages to what this writes.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeAtomically } from "@atoll/node/runs";
import { generatedPages } from "./docs-generated.ts";

const folder = resolve(import.meta.dirname, "../docs/reference/generated");
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(await generatedPages()))
  await writeAtomically(join(folder, name), text);
