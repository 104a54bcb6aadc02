export { openTable, type Addition, type OpenTable } from "./open-table.ts";
