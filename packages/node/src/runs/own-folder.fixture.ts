import { writeSync } from "node:fs";
import { inOwnFolder, makeFolder } from "./own-folder.ts";

/*
 * Works in a folder until somebody kills it, and says when it has it. Arguments: the folder.
 */
const folder = process.argv[2]!;
await inOwnFolder(folder, {
  open: () => makeFolder(folder, "and so on"),
  work: async () => {
    writeSync(1, "working\n");
    await new Promise(() => setInterval(() => {}, 60_000));
  },
});
