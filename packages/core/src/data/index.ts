export type * from "./examples.ts";
export type * from "./prepare-types.ts";
export * from "./schema.ts";
export type * from "./table.ts";
