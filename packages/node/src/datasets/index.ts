export { splitFiles, type ClientFiles, type SplitFilesOptions } from "./split-files.ts";
export { synthFiles, type SynthFile } from "./synth-files.ts";
