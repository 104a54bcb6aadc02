import type { AtollContext } from "../context.ts";

/** Says what a command waits for where weights of items by items are fitted anew. */
export function fitNote({ process }: AtollContext): (items: number) => void {
  return (items) => {
    process.stderr.write(
      `Fitting the weights of ${items.toLocaleString("en-US")} items, as in the run; they are kept for the next time\n`,
    );
  };
}
