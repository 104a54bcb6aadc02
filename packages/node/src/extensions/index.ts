export { findLoaded, loadCode, loadExtensions, loadUnchanged, recordsOf } from "./load.ts";
export { isPath } from "./resolve-module.ts";
export type { ExtensionCode, ExtensionRecord, LoadedExtension } from "./types.ts";
