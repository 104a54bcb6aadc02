import type { WireArray } from "../../federation/types.ts";

/** Texts as an array of a file: a JSON list in UTF-8. */
export function textsToWire(texts: readonly string[]): WireArray {
  const data = new TextEncoder().encode(JSON.stringify(texts));
  return { shape: [data.length], data };
}

export function textsFrom({ data }: WireArray): readonly string[] {
  return JSON.parse(new TextDecoder().decode(data)) as string[];
}
