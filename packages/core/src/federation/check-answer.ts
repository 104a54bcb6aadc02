import { AtollError } from "../errors/index.ts";
import type { Message } from "./types.ts";

/**
 * Refuses (UPDATE_INVALID) an answer that cannot be an honest one: of another round or stage, with numbers that are
 * not finite, or with an array that the request has too in another shape. One array is looked
 * at at a time. For servers that do not know who is at the other end: `guardAnswer` has seen to its kind before, and
 * what an array means its stage checks.
 */
export function checkAnswer(client: string, request: Message, answer: Message): void {
  const refuse = (problem: string) => {
    throw new AtollError("UPDATE_INVALID", `client "${client}": ${problem}`);
  };
  if (answer.stage !== request.stage || answer.round !== request.round)
    refuse(
      `an answer of stage "${answer.stage}", round ${answer.round}, to stage "${request.stage}", round ${request.round}; restart the client`,
    );
  for (const [name, array] of Object.entries(answer.arrays)) {
    const asked = request.arrays[name]?.shape;
    if (asked !== undefined && asked.join() !== array.shape.join())
      refuse(
        `array "${name}" has shape [${array.shape.join(", ")}] where the request has [${asked.join(", ")}]; client and server run different versions or experiments`,
      );
    const { data } = array;
    for (const value of data)
      if (!Number.isFinite(value))
        refuse(`array "${name}" holds ${value}; lower the learning rate, or leave the client out`);
  }
}
