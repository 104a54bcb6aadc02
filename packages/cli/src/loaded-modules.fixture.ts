// Handed to `node --import`: says on standard error which modules a command loaded.
import { writeSync } from "node:fs";
import { registerHooks } from "node:module";

const loaded = new Set<string>();
registerHooks({
  load: (url, context, next) => {
    loaded.add(url);
    return next(url, context);
  },
});
process.on("exit", () => writeSync(2, `loaded ${JSON.stringify([...loaded])}\n`));
