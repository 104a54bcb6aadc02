/**
 * A row's name on at most two lines of so many letters, broken where words end. Of a longer one the middle is left out:
 * what tells variants apart stands at either end. The page's script calls it too, so it uses nothing but its arguments.
 *
 * @example
 * rowLabel("FedAvg [width=8]", 12) // "FedAvg\n[width=8]"
 */
export function rowLabel(name: string, letters: number): string {
  const all = [...name.replaceAll(/\s+/g, " ").trim()];
  const text = (from: number, to: number) => all.slice(from, to).join("").trim();
  if (all.length <= letters) return text(0, all.length);
  if (all.length > 2 * letters)
    return `${text(0, letters - 1)}…\n${text(all.length - letters, all.length)}`;
  let at = letters;
  for (let i = letters; i >= all.length - letters && i > 0; i--)
    if (/[\s\-_/.,:]/.test(all[i - 1]!) || /[\s[(]/.test(all[i]!)) {
      at = i;
      break;
    }
  return `${text(0, at)}\n${text(at, all.length)}`;
}
