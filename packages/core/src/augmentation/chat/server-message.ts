import { z } from "zod";

const MAX_LENGTH = 200;

const text = z.string();
const shapes = z.union([
  z.object({ error: z.object({ message: text }) }).transform(({ error }) => error.message),
  z.object({ error: text }).transform(({ error }) => error),
  z.object({ message: text }).transform(({ message }) => message),
  z.object({ detail: text }).transform(({ detail }) => detail),
]);

/**
 * What a server says of an error, in one line of at most 200 characters and without the key; undefined where its
 * body says nothing in a form that is known, such as a page of HTML.
 */
export function serverMessage(body: unknown, key: string | undefined): string | undefined {
  const { data } = shapes.safeParse(body);
  if (data === undefined) return undefined;
  const line = masked(data, key)
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim();
  if (line === "") return undefined;
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 3).toWellFormed()}...`;
}

function masked(message: string, key: string | undefined): string {
  return key === undefined ? message : message.replaceAll(key, "***");
}
