import type { ColumnsConfig } from "../config.ts";
import type { CrossDomainConfig } from "./config.ts";

/** The column that says which part an event belongs to, for split given. */
export const PART = "part";

/** What the columns of such a world's tables mean. */
export function columnsOfDomains({ titles }: CrossDomainConfig): ColumnsConfig {
  return {
    user: "user",
    item: "item",
    time: "time",
    timeUnit: "milliseconds",
    ...(titles && { text: "title" }),
    categorical: [],
    numeric: [],
  };
}

/** Features that mean the same in every domain: the same users visit all of them. */
export const commonOfDomains: readonly string[] = ["user"];
