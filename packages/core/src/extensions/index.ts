/**
 * Methods, models and metrics of one's own: `extension` makes what a module exports. zod and the arrays of jax-js
 * are handed on, as an extension has to use the very copies that the library does.
 */
export { numpy as np } from "@jax-js/jax";
export { z } from "zod";
export { extension, kindOfExport, type Extension, type ExtensionLines } from "./extension.ts";
export { install } from "./install.ts";
