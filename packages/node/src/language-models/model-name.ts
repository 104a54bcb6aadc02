import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import type { LanguageModelSettings } from "@atoll/core/augmentation";

/** Bytes that tell files apart: metadata and vocabulary; weights of gigabytes are not read through. */
const HEAD_BYTES = 1 << 20;
const MAGIC = "GGUF";

/**
 * What stands for the model in the keys of its answers: as the server calls it or, for a file, its name, its size and
 * the SHA-256 of its first MiB. Throws AUGMENTATION_MODEL where there is no such file or it is no GGUF.
 */
export async function modelNameOf(
  settings: LanguageModelSettings,
  directory: string,
): Promise<string> {
  if (settings.kind === "openai-compatible") return settings.model;
  const path = resolve(directory, settings.model);
  const { head, size } = await headOf(path).catch((cause: unknown) => {
    throw new AtollError(
      "AUGMENTATION_MODEL",
      `augmentation.model "${settings.model}": ${(cause as Error).message}; give a GGUF file, counted from the experiment's folder`,
      { cause },
    );
  });
  if (head.subarray(0, MAGIC.length).toString("latin1") !== MAGIC)
    throw new AtollError(
      "AUGMENTATION_MODEL",
      `augmentation.model "${settings.model}": ${path}, of ${size} bytes, is no GGUF file; give one, such as a model saved as GGUF by llama.cpp's convert_hf_to_gguf.py`,
    );
  return `${basename(path)} ${size} ${createHash("sha256").update(head).digest("hex")}`;
}

async function headOf(path: string): Promise<{ readonly head: Buffer; readonly size: number }> {
  await using file = await open(path);
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
  let filled = 0;
  while (filled < head.length) {
    const { bytesRead } = await file.read(head, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { head: head.subarray(0, filled), size };
}
