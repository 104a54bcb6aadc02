/**
 * Words of somebody else, for logs and terminals: control characters and those that change the direction of text are
 * replaced.
 *
 * @example
 * printable("done\u001b[2K") // "done\ufffd[2K"
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\u{fffd}");
}
