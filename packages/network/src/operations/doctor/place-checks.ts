import { constants } from "node:fs";
import { access, open, readdir, readFile, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Check, messageOf } from "../check.ts";

const GIB = 2 ** 30;

/** Free space of the disk that a folder is on, and whether something can be written there. */
export function diskChecks(options: {
  readonly directory: string;
  /** Default: 1 GiB. */
  readonly leastFreeBytes?: number;
  /** Of the file system that a folder is on; a test may have its own. */
  readonly freeBytes?: (directory: string) => Promise<number>;
}): Check[] {
  const { directory, leastFreeBytes = GIB, freeBytes = freeBytesOf } = options;
  return [
    {
      name: "disk",
      run: async () => {
        const free = await freeBytes(directory);
        const finding = `${gib(free)} GiB are free where ${directory} is`;
        return free >= leastFreeBytes
          ? { ok: true, finding }
          : {
              ok: false,
              finding,
              advice: `make room: at least ${gib(leastFreeBytes)} GiB, or move the folder to another disk`,
            };
      },
    },
    {
      name: "writable",
      run: async () => {
        const probe = join(directory, ".doctor");
        try {
          const file = await open(probe, "w", 0o600);
          try {
            await file.write(new Uint8Array(4096));
            await file.sync();
          } finally {
            await file.close();
          }
          return { ok: true, finding: `${directory} can be written to` };
        } catch (error) {
          return {
            ok: false,
            finding: `${directory} cannot be written to: ${messageOf(error)}`,
            advice:
              "let the user that runs atoll own the folder, and see that it is not mounted read-only",
          };
        } finally {
          await rm(probe, { force: true }).catch(() => {});
        }
      },
    },
  ];
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function gib(bytes: number): string {
  return (Math.floor((bytes / GIB) * 10) / 10).toFixed(1);
}

/** Whether a file can be read, and whether what is in it is in order. */
export function fileCheck(options: {
  readonly name: string;
  readonly path: string;
  /** Throws what is wrong with the text. */
  readonly read?: (text: string) => void;
  readonly advice: string;
}): Check {
  const { name, path, read = () => {}, advice } = options;
  return {
    name,
    run: async () => {
      try {
        read(await readFile(path, "utf8"));
        return { ok: true, finding: `${path} is in order` };
      } catch (error) {
        return { ok: false, finding: `${path}: ${messageOf(error)}`, advice };
      }
    },
  };
}

/** Whether the folder of the silo's rows is there, can be read, and holds something. */
export function dataCheck(directory: string): Check {
  return {
    name: "data",
    run: async () => {
      try {
        const entries = await readdir(directory, { withFileTypes: true });
        const files = entries.filter((entry) => !entry.isDirectory());
        for (const { name } of files) await access(join(directory, name), constants.R_OK);
        if (entries.length > 0)
          return {
            ok: true,
            finding: `${directory} can be read; it has ${entries.length} entries`,
          };
        return {
          ok: false,
          finding: `${directory} is empty`,
          advice: "put the client's files there, or name another folder with --data",
        };
      } catch (error) {
        return {
          ok: false,
          finding: `${directory} cannot be read: ${messageOf(error)}`,
          advice:
            "name the folder of the client's files with --data, and let the user that runs atoll read it",
        };
      }
    },
  };
}

/** Whether files with secrets, and the folders that they are in, are their owner's alone. */
export function secretsCheck(paths: readonly string[]): Check {
  return {
    name: "permissions",
    run: async () => {
      const loose: string[] = [];
      for (const path of paths) {
        const { mode } = await stat(path);
        if ((mode & 0o077) !== 0)
          loose.push(`${path} has mode ${(mode & 0o777).toString(8).padStart(4, "0")}`);
      }
      if (loose.length === 0)
        return { ok: true, finding: "keys and their folders are their owner's alone" };
      return {
        ok: false,
        finding: `others may read what is secret: ${loose.join(", ")}`,
        advice:
          "chmod 600 the files and 700 the folders, and renew the key if others use this machine",
      };
    },
  };
}

/** Whether this Node is new enough. */
export function nodeCheck(version: string, least: readonly [major: number, minor: number]): Check {
  return {
    name: "node",
    run: async () => {
      const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
      const isNew = major > least[0] || (major === least[0] && minor >= least[1]);
      return {
        ok: isNew,
        finding: `this is Node ${version}`,
        ...(!isNew && { advice: `install Node ${least.join(".")} or newer, 24 at best` }),
      };
    },
  };
}
