import type { ErrorFamily } from "../family.ts";

export const dataSourceErrors = {
  title: "Files and queries",
  codes: {
    DATA_COLUMNS_DIFFER: {
      meaning: "files that one pattern matches have different columns",
      wayOut:
        "Give all files of one pattern the same columns in the same order, or narrow the pattern.",
    },
    DATA_EMPTY_FILE: {
      meaning: "a client's file has no rows",
      wayOut: "Give a file or a query that has rows, or remove the client.",
    },
    DATA_FILE_MISSING: {
      meaning: "a client's file does not exist, or is a folder",
      wayOut:
        "Check the path, which counts from `data.directory`, and that from the experiment file.",
    },
    DATA_FORMAT: {
      meaning: "a file's format is not known, or a setting that it needs is missing",
      wayOut:
        "Give the file an ending that is known, or set `format`, and with `delimited` also `delimiter`.",
    },
    DATA_GZIP: {
      meaning: "a gzip file is damaged, cut off, or no gzip",
      wayOut: "Copy the file again, or drop the ending .gz if it is plain text.",
    },
    DATA_MALFORMED: {
      meaning: "a line or a file is not in the format it should be in",
      wayOut:
        "Mend the line that the message names, or set `format`, `delimiter` or `header` to what the file is.",
    },
    DATA_NEEDS_CACHE: {
      meaning: "data.storage is disk, and there is no cache to keep rows in",
      wayOut: "Unset `ATOLL_CACHE`, or set it to a folder.",
    },
    DATA_NOT_A_NUMBER: {
      meaning: "a column that should hold numbers or times holds something else",
      wayOut: "Mend the values, or give the column another role.",
    },
    DATA_OUTSIDE: {
      meaning: "a path of a job leads out of the silo's data folder",
      wayOut: "Give a path below the silo's data folder, without `..`.",
    },
    DATA_QUERY: {
      meaning: "a query is no single SELECT, fails, or would give other rows each time",
      wayOut:
        "Give one SELECT over the tables that the client names, whose rows are the same each time.",
    },
    DATA_SOURCE: {
      meaning: "a client's source has neither path nor query, or parts that do not go together",
      wayOut:
        "Give the client `path`, or `query` with `tables`, and the settings of a file beside its path.",
    },
    DATA_ZSTD: {
      meaning: "a zstd file is damaged, cut off, or no zstd",
      wayOut: "Copy the file again, or drop the ending .zst if it is plain text.",
    },
  },
} satisfies ErrorFamily;
