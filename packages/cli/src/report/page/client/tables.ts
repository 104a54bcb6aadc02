/**
 * Buttons in the headers of tables that may be sorted. Rows stay within their body and their group; rows that sum
 * up stay last. A cell counts by `data-v`, else by the number at its beginning, else as text.
 */
export function sortTables(): void {
  const numberOf = (cell: Element | undefined): number | undefined => {
    if (cell === undefined) return undefined;
    const own = cell.getAttribute("data-v");
    const shown = cell.querySelector(".value") ?? cell;
    const text = own ?? (shown.textContent ?? "").replaceAll("\u2212", "-").replaceAll(/\s/g, "");
    const found = /^[<±+]?(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/i.exec(text);
    return found === null ? undefined : Number(found[1]);
  };
  const textOf = (cell: Element | undefined): string => cell?.textContent?.trim() ?? "";

  const sort = (table: HTMLTableElement, column: number, sign: 1 | -1): void => {
    const compare = (a: Element, b: Element): number => {
      const [own, other] = [a.children[column], b.children[column]];
      const [x, y] = [numberOf(own), numberOf(other)];
      if (x !== undefined && y !== undefined) return sign * (x - y);
      // What has no number stands last, whichever way.
      if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
      return sign * textOf(own).localeCompare(textOf(other), "en", { numeric: true });
    };
    for (const body of table.tBodies) {
      let group: Element[] = [];
      const sorted: Element[] = [];
      const close = () => {
        sorted.push(...group.sort(compare));
        group = [];
      };
      for (const row of body.rows)
        if (row.classList.contains("group") || row.classList.contains("total")) {
          close();
          sorted.push(row);
        } else group.push(row);
      close();
      body.append(...sorted);
    }
  };

  for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
    const headers = [...(table.tHead?.rows[0]?.cells ?? [])];
    headers.forEach((header, column) => {
      if (textOf(header) === "") return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        // Numbers begin with the most, words with A; a second press turns it round.
        const cells = [...table.tBodies].flatMap((body) => [...body.rows]);
        const first = cells.some((row) => numberOf(row.children[column]) !== undefined) ? -1 : 1;
        const before = header.getAttribute("aria-sort");
        const sign =
          before === null ? first : before === "ascending" ? (-1 as const) : (1 as const);
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
        sort(table, column, sign);
      });
    });
  }
}
