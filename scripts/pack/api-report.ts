import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageCategory,
} from "@microsoft/api-extractor";
import { namespaceOf } from "./exported-names.ts";
import { publishedEntriesOf, readManifest, root, type PackageName } from "./packages.ts";

export interface ApiReport {
  readonly report: string;
  readonly warnings: readonly string[];
}

/**
 * Everything that a staged package lets others import, as text to be reviewed. It is one report for all entry points,
 * which are its namespaces: so a type that a signature mentions may be exported by any of them.
 */
export async function apiReportOf(
  name: PackageName,
  { staged }: { readonly staged: string },
): Promise<ApiReport> {
  const folder = join(staged, name);
  const entry = join(folder, "api.d.ts");
  await writeFile(entry, publishedEntriesOf(readManifest(folder)).map(exportOf).join(""));
  const reportFolder = join(staged, "api");
  await mkdir(reportFolder, { recursive: true });
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions: await compilerOptions(), files: [entry] } },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder,
        reportTempFolder: join(reportFolder, "temporary"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          // An entry point's exports are public, all of them: there are no tags to forget.
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          // A field whose name says it all has no comment.
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
        },
        // Comments are plain prose with formulas, in which braces and arrows are themselves.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const warnings: string[] = [];
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      const isProblem =
        message.logLevel === ExtractorLogLevel.Error ||
        message.logLevel === ExtractorLogLevel.Warning;
      if (
        isProblem &&
        message.category !== ExtractorMessageCategory.Console &&
        !isBehindType(message)
      )
        warnings.push(`${message.text} (${message.sourceFilePath?.slice(folder.length + 1)})`);
    },
  });
  return { report: await readFile(join(reportFolder, `${name}.api.md`), "utf8"), warnings };
}

function exportOf(entry: string): string {
  return `export * as ${namespaceOf(entry)} from "./dist/${entry}/index.js";\n`;
}

/**
 * A schema or a table (its name begins small, or is all capitals) that an inferred type is made of: readers have the
 * type, whose declaration has to name it.
 */
function isBehindType({ messageId, text }: { readonly messageId: string; readonly text: string }) {
  return messageId === "ae-forgotten-export" && !/symbol "[A-Z]\w*[a-z]/.test(text);
}

async function compilerOptions(): Promise<object> {
  const { compilerOptions: own } = JSON.parse(
    await readFile(join(root, "tsconfig.json"), "utf8"),
  ) as { readonly compilerOptions: Readonly<Record<string, unknown>> };
  const { target, lib, module, moduleResolution, strict, skipLibCheck, types } = own;
  const typeRoots = [join(root, "node_modules/@types")];
  return { target, lib, module, moduleResolution, strict, skipLibCheck, types, typeRoots };
}
