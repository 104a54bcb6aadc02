import { AtollError } from "../../errors/index.ts";
import { MAX_MESSAGE_BYTES } from "../../federation/index.ts";

const BYTES_PER_NUMBER = 4;

/**
 * The numbers of a model that the server is about to make, whose size follows from what clients said:
 * UPDATE_INVALID where no message could carry them.
 */
export function travellingSize(numbers: number, said: string): number {
  if (!(numbers * BYTES_PER_NUMBER <= MAX_MESSAGE_BYTES))
    throw new AtollError(
      "UPDATE_INVALID",
      `clients say ${said}: that makes a model of ${numbers} numbers, and a message has at most ${MAX_MESSAGE_BYTES} bytes; check their data, or lower the method's width`,
    );
  return numbers;
}
