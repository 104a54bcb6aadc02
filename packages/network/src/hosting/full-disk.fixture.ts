import { execFileSync } from "node:child_process";
import { closeSync, cpSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });

/** Whether this process may mount a file system; who is not root may not. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "atoll-mount-"));
  try {
    run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
    run("umount", folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A small disk of its own. */
export interface SmallDisk {
  /** Leaves no byte free. */
  readonly fill: () => void;
  readonly makeRoom: () => void;
  readonly unmount: () => void;
}

/** Moves a folder onto a disk of so many MiB, mounted in its place. */
export function ontoSmallDisk(folder: string, sizeMiB: number): SmallDisk {
  const aside = `${folder}-aside`;
  renameSync(folder, aside);
  mkdirSync(folder);
  run("mount", "-t", "tmpfs", "-o", `size=${sizeMiB}m,mode=700`, "tmpfs", folder);
  cpSync(aside, folder, { recursive: true, preserveTimestamps: true });
  rmSync(aside, { recursive: true });
  const filler = join(folder, "filler");
  return {
    fill: () => {
      const file = openSync(filler, "a");
      try {
        for (let size = 2 ** 20; size >= 1; size = size > 4096 ? size / 2 : size - 4095)
          for (let written = size; written === size;) written = writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    unmount: () => run("umount", "--lazy", folder),
  };
}
