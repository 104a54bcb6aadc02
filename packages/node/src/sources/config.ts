import { z } from "zod";

export const formats = ["csv", "tsv", "delimited", "jsonl", "parquet"] as const;

export type Format = (typeof formats)[number];

/** Where one client's rows lie. */
export const sourceConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("the client's file, relative to data.directory; text may be gzipped (.gz)"),
  format: z
    .enum(formats)
    .optional()
    .describe("default: by the file's ending; delimited needs `delimiter`"),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .describe("the character between columns, for format delimited"),
  header: z.boolean().default(true).describe("whether the first line names the columns"),
  columnNames: z
    .array(z.string().min(1))
    .optional()
    .describe("names of the columns, where header is false"),
});

export type SourceConfig = z.infer<typeof sourceConfig>;
