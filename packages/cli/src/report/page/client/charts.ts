import type { ChartData, ChartOption } from "../../charts/chart.ts";

/** As much of ECharts as the page uses. */
interface Drawing {
  readonly setOption: (option: ChartOption, how: { readonly notMerge: boolean }) => void;
  readonly resize: () => void;
}
interface Library {
  readonly init: (at: HTMLElement, theme: null, how: { readonly renderer: "svg" }) => Drawing;
}
interface Hovered {
  readonly seriesName?: string;
  readonly axisValueLabel?: string;
  readonly marker?: string;
  readonly color?: unknown;
  readonly data?: { readonly tip?: string };
}

/** What the script is given, since it is the text of one function. */
interface Labels {
  readonly rowLabel: (name: string, letters: number) => string;
  readonly letters: { readonly wide: number; readonly narrow: number };
}

/**
 * Draws every chart of the page where its still picture stands, and lets the reader choose, sort and filter. It is
 * told only what each figure holds as JSON; names from outside become text nodes, never markup.
 */
export function drawCharts(library: Library, { rowLabel, letters }: Labels): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const NARROW_PX = 520;
  const NARROW_NAMES_PX = 104;
  // Of the letters of an axis's name, and the second line of one that does not fit.
  const LETTER_PX = 6.6;
  const LINE_PX = 15;

  /** What is under the pointer: the first line of a tip is its title. */
  const tooltip = (hovered: Hovered | readonly Hovered[]): HTMLElement => {
    const box = document.createElement("div");
    box.className = "tip";
    const line = (text: string, name = "div") => {
      const element = document.createElement(name);
      element.textContent = text;
      box.append(element);
      return element;
    };
    if (!Array.isArray(hovered)) {
      const [title = "", ...rest] = ((hovered as Hovered).data?.tip ?? "").split("\n");
      line(title, "strong");
      for (const text of rest) line(text);
      return box;
    }
    const all = hovered as readonly Hovered[];
    line(all[0]?.axisValueLabel ?? "", "strong");
    for (const { seriesName = "", data, color } of all) {
      const own = line(`${seriesName}: ${data?.tip ?? ""}`);
      const key = document.createElement("span");
      key.className = "key";
      if (typeof color === "string") key.style.background = color;
      own.prepend(key);
    }
    return box;
  };

  for (const figure of document.querySelectorAll<HTMLElement>("figure.chart")) {
    const source = figure.querySelector("script[type='application/json']")?.textContent;
    const picture = figure.querySelector<HTMLElement>(".picture");
    if (source === undefined || source === null || picture === null) continue;
    const { shared, variants, rows } = JSON.parse(source) as ChartData;
    const selects = [...figure.querySelectorAll<HTMLSelectElement>("select.choice")];
    const order = figure.querySelector<HTMLSelectElement>("select.order");
    const filter = figure.querySelector<HTMLInputElement>("input.filter");
    const toggles = [...figure.querySelectorAll<HTMLInputElement>("input.toggle")];
    const counter = figure.querySelector<HTMLElement>("output");
    let drawing: Drawing | undefined;

    const chosen = () =>
      variants.find(({ of }) => of.every((value, i) => (selects[i]?.value ?? value) === value));

    /** Names of the rows that show, the first on top. */
    const listed = (values: Readonly<Record<string, number>>): string[] => {
      const wanted = (filter?.value ?? "").trim().toLowerCase();
      const names = (rows?.names ?? []).filter((name) => name.toLowerCase().includes(wanted));
      const by = order?.value ?? "";
      if (by === "name") names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
      else if (by !== "") {
        const own = by === "value" ? values : (rows?.orders[by] ?? {});
        names.sort((a, b) => (own[b] ?? -Infinity) - (own[a] ?? -Infinity));
      }
      return names;
    };

    const draw = (): void => {
      const own = chosen();
      picture.dataset["empty"] = String(own === undefined);
      if (own === undefined) return;
      const { summary, heightPx, values = {} } = own.chart;
      const option: ChartOption = { ...shared, ...own.chart.option };
      const shown = listed(values);
      const last = rows?.last ?? [];
      const hiddenPx = rows === undefined ? 0 : (rows.names.length - shown.length) * rows.rowPx;
      if (rows !== undefined && counter !== null)
        counter.textContent = `${shown.length} of ${rows.names.length} ${rows.noun}`;
      picture.setAttribute("aria-label", summary);
      const caption = figure.querySelector(".summary");
      if (caption !== null) caption.textContent = summary;
      const narrow = picture.clientWidth < NARROW_PX;
      const { xAxis, yAxis, grid } = option as Readonly<Record<string, ChartOption | undefined>>;
      const hasRows = yAxis?.["type"] === "category";
      const axisPx = picture.clientWidth - (hasRows ? NARROW_NAMES_PX : 0) - 40;
      const axisName = (xAxis?.["name"] ?? "") as string;
      const breaks = narrow && axisName.length * LETTER_PX > axisPx;
      picture.style.height = `${heightPx - hiddenPx + (breaks ? LINE_PX : 0)}px`;
      const hidden = new Set(toggles.filter((box) => !box.checked).map((box) => box.value));
      drawing ??= library.init(live, null, { renderer: "svg" });
      drawing.resize();
      drawing.setOption(
        {
          ...option,
          animation: !still.matches,
          animationDuration: 300,
          animationDurationUpdate: 300,
          tooltip: { ...(option["tooltip"] as ChartOption), formatter: tooltip },
          ...(toggles.length > 0 && {
            legend: {
              show: false,
              selected: Object.fromEntries([...hidden].map((name) => [name, false])),
            },
          }),
          ...(breaks && {
            grid: { ...grid, bottom: Number(grid?.["bottom"]) + LINE_PX },
            xAxis: {
              ...xAxis,
              name: rowLabel(axisName, Math.floor(axisPx / LETTER_PX)),
              nameTextStyle: {
                ...(xAxis?.["nameTextStyle"] as ChartOption),
                lineHeight: LINE_PX,
              },
            },
          }),
          ...(yAxis !== undefined && {
            yAxis: {
              ...yAxis,
              ...(rows !== undefined && { data: [...shown, ...last] }),
              axisLabel: {
                ...(yAxis["axisLabel"] as ChartOption),
                ...(hasRows && {
                  ...(narrow && { width: NARROW_NAMES_PX }),
                  formatter: (name: string) =>
                    rowLabel(name, narrow ? letters.narrow : letters.wide),
                }),
              },
            },
          }),
        },
        { notMerge: true },
      );
    };

    const live = document.createElement("div");
    live.className = "live";
    let width = 0;
    // A chart in a hidden panel has no width; it is drawn when it gets one.
    new ResizeObserver(() => {
      if (picture.clientWidth === 0 || picture.clientWidth === width) return;
      width = picture.clientWidth;
      if (drawing === undefined) picture.replaceChildren(live);
      draw();
    }).observe(picture);
    for (const control of [...selects, ...(order === null ? [] : [order]), ...toggles])
      control.addEventListener("change", () => draw());
    filter?.addEventListener("input", () => draw());
  }
}
