import { createHash } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import type { Executor } from "@atoll/core/tensor";

/** The SHA-256 of a program's ONNX bytes, which are the whole truth about it, in lower-case hex. */
export function programHash(onnx: Uint8Array): string {
  return createHash("sha256").update(onnx).digest("hex");
}

export interface SeenProgram {
  readonly name: string;
  readonly sha256: string;
}

export interface AllowedOptions {
  /** Hashes of the programs that may be loaded; undefined: any. */
  readonly allowed?: readonly string[] | undefined;
  /** Hears of every program before it is loaded or refused. */
  readonly onSeen?: ((program: SeenProgram) => void) | undefined;
}

/** An executor that loads no program but those allowed; PROGRAM_NOT_ALLOWED for the others. */
export function allowedExecutor(executor: Executor, { allowed, onSeen }: AllowedOptions): Executor {
  const hashes = allowed && new Set(allowed);
  return {
    ...executor,
    load: async (program) => {
      const sha256 = programHash(program.onnx);
      onSeen?.({ name: program.name, sha256 });
      if (hashes?.has(sha256) === false)
        throw new AtollError(
          "PROGRAM_NOT_ALLOWED",
          `program "${program.name}" has SHA-256 ${sha256}, which is not among the ${hashes.size} that the policy allows; add it to programs in the policy file, or leave the job out`,
        );
      return executor.load(program);
    },
  };
}
