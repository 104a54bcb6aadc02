import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { LIBRARIES, PACKAGES, readManifest, root } from "./packages.ts";
import { command } from "./command.ts";

/** The example of a README: its first block in this language. */
async function exampleOf(name: string, language: string): Promise<string> {
  const text = await readFile(join(root, "packages", name, "README.md"), "utf8");
  const [, example] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  if (example === undefined)
    throw new Error(`packages/${name}/README.md has no ${language} example`);
  return example;
}

/**
 * What a user of the packages does, with this Node: installs the archives in an empty folder, runs the command, the
 * examples of the READMEs, and checks their types as strictly as can be, those of all dependencies among them.
 */
export async function tryAsUser(
  archives: readonly string[],
  { node, log }: { readonly node: string; readonly log: (line: string) => void },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "atoll-user-"));
  const path = [dirname(node), dirname(process.execPath), process.env["PATH"]].join(delimiter);
  const run = command({ cwd: folder, env: { ...process.env, PATH: path } });
  try {
    log(`Node ${(await run(node, ["--version"])).trim()}, in an empty folder`);
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
    const { devDependencies } = readManifest(root) as { devDependencies?: Record<string, string> };
    const types = `@types/node@${devDependencies?.["@types/node"]}`;
    const quietly = ["--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", ["install", ...quietly, ...archives, types]);
    log("  installed");

    const atoll = [join(folder, "node_modules/@atoll/cli/bin/atoll.js")];
    const help = await run(node, [...atoll, "--help"]);
    if (!help.includes("atoll run")) throw new Error(`atoll --help says\n${help}`);
    await writeFile(join(folder, "experiment.yaml"), await exampleOf("cli", "yaml"));
    const table = await run(node, [
      ...atoll,
      "run",
      "experiment.yaml",
      "--quiet",
      "--out",
      "first",
    ]);
    if (!/^fedavg\b/m.test(table)) throw new Error(`atoll run says\n${table}`);
    await run(node, [...atoll, "export", "first", "--out", "models"]);
    log("  atoll --help, run and export");

    for (const name of LIBRARIES) {
      await writeFile(join(folder, `${name}.ts`), await exampleOf(name, "ts"));
      await run(node, [`${name}.ts`]);
    }
    log("  the examples of the READMEs");

    await writeFile(join(folder, "every-entry.ts"), await importsOfEveryEntry(folder));
    await run(node, ["every-entry.ts"]);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(STRICT));
    await run(process.execPath, [
      join(root, "node_modules/typescript/bin/tsc"),
      "--project",
      folder,
    ]);
    log("  their types, strictly");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const STRICT = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    types: ["node"],
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: false,
  },
  include: ["*.ts"],
};

async function importsOfEveryEntry(folder: string): Promise<string> {
  const entries = PACKAGES.flatMap((name) => {
    const manifest = readManifest(join(folder, "node_modules/@atoll", name));
    return Object.keys(manifest.exports ?? {})
      .filter((entry) => entry !== "./package.json")
      .map((entry) => `${manifest.name}${entry.slice(1)}`);
  });
  return entries
    .map((entry, i) => `import * as entry${i} from "${entry}";\nif (!entry${i}) throw entry${i};\n`)
    .join("");
}
