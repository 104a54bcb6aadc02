export { splitFiles, type ClientFiles, type SplitFilesOptions, type Part } from "./split-files.ts";
export { synthFiles, type SynthFile } from "./synth-files.ts";
export { csvLines } from "./table-lines.ts";
