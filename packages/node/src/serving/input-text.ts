import type { ExportInput } from "@atoll/core/serving";

/** FNV-1a and MurmurHash3's finaliser, as `hashOf` computes them. */
const HASH =
  "h = 2166136261; for each UTF-16 unit u of the text: h = ((h xor (u and 255)) * 16777619) mod 2^32, then h = ((h xor (u >> 8)) * 16777619) mod 2^32; h = ((h xor (h >> 16)) * 2246822507) mod 2^32; h = ((h xor (h >> 13)) * 3266489909) mod 2^32; h = h xor (h >> 16)";

/** How a row's value is written, for whoever calls the model. */
export function meaningOf(input: ExportInput): string {
  switch (input.kind) {
    case "text":
      return 'the text as it stands; "" where it is missing';
    case "number":
      return "the number; NaN where it is missing";
    case "time":
      return "seconds since 1970-01-01 00:00 UTC; NaN where it is missing";
    case "texts":
      return `at most ${input.length} values, ${input.keep === "last" ? "the last" : "the first"} of more, in their order; fewer are filled up with "" at the ${input.padding}`;
    case "codes":
      return `the ${input.length} codes of the tuple; "" where it is missing`;
    case "numbers":
      return `the ${input.length} numbers of the vector; NaN where it is missing`;
    case "hash":
      return `2 + h mod ${input.size} of the value of ${input.feature}, 1 where it is missing; ${HASH}`;
    case "hashes":
      return `at most ${input.length} values of ${input.feature}, each 2 + h mod ${input.size}, filled up with 0; ${HASH}`;
  }
}
