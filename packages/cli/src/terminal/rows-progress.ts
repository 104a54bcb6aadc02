import type { Shown } from "./progress-for.ts";

/** Rows that were read so far. */
export interface RowsEvent {
  readonly kind: "rows";
  readonly rows: number;
}

/** In a pipe, only what comes out at the end is worth a line. */
export function plainRows(): Shown<RowsEvent> {
  return { show: () => {}, close: () => {} };
}

/** On a terminal, the number of rows in place. */
export function liveRows(write: (text: string) => void): Shown<RowsEvent> {
  let shown = false;
  return {
    show: ({ rows }) => {
      shown = true;
      write(`\r\u001b[2K${rows.toLocaleString("en-US")} rows`);
    },
    close: () => {
      if (shown) write("\r\u001b[2K");
      shown = false;
    },
  };
}
