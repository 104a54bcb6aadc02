/** An ECharts option that is JSON all through. Colours are the theme's, `var(--s1)`: a chart follows its page. */
export type ChartOption = Readonly<Record<string, unknown>>;

/** A picture as data, drawn by the page where scripts run and as a still picture before. */
export interface Chart {
  readonly option: ChartOption;
  /** What the picture says, for those who do not see it: a sentence or two. */
  readonly summary: string;
  readonly heightPx: number;
  /** By which rows may be put in order, where a chart has a row for each name. */
  readonly values?: Readonly<Record<string, number>>;
}

/** What a figure holds for the script of its page. */
export interface ChartData {
  /** Parts of the option that all variants have. */
  readonly shared?: ChartOption;
  /** `of` has a value for each choice of the block; without choices there is one variant, of nothing. */
  readonly variants: readonly { readonly of: readonly string[]; readonly chart: Chart }[];
  readonly rows?: ChartRows | undefined;
}

/** Rows of the category axis `yAxis`, which readers may filter and put in order. */
export interface ChartRows {
  /** What they are, in the plural: `clients`. */
  readonly noun: string;
  readonly names: readonly string[];
  /** Rows that no filter hides, at the end. */
  readonly last?: readonly string[];
  /** The height that a row takes. */
  readonly rowPx: number;
  /** What the variant's own values are, for the order by them: `gain`. */
  readonly value?: string;
  /** Other orders, the most first: `training rows` by name. */
  readonly orders: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';

/** What charts of a page have in common. */
export function baseOption(option: ChartOption): ChartOption {
  return {
    textStyle: { fontFamily: FONT },
    tooltip: { trigger: "item", ...TOOLTIP },
    ...option,
  };
}

/** The look of the box under the pointer. */
export const TOOLTIP = {
  confine: true,
  backgroundColor: "var(--card)",
  borderColor: "var(--line)",
  textStyle: { color: "var(--ink)", fontSize: 13 },
} as const;

const label = { color: "var(--muted)", fontSize: 12 } as const;

export interface ValueAxisOptions {
  /** What the axis counts. */
  readonly name: string;
  /** `{value} MB`. */
  readonly format?: string;
  /** Begins where the values begin, not at 0. */
  readonly tight?: boolean;
  readonly log?: boolean;
}

/** An axis of numbers. */
export function valueAxis({ name, format, tight, log }: ValueAxisOptions): ChartOption {
  return {
    type: log === true ? "log" : "value",
    scale: tight === true,
    name,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: label,
    axisLabel: { ...label, hideOverlap: true, ...(format !== undefined && { formatter: format }) },
    axisLine: { show: false },
    axisTick: { show: false },
    splitNumber: 5,
    splitLine: { lineStyle: { color: "var(--line)" } },
  };
}

/** Letters of a row's name on a line: here, and where a page is narrow. */
export const ROW_LETTERS = { wide: 22, narrow: 12 } as const;

/** An axis with a row for each name, the first on top. Who draws it breaks the names into lines. */
export function rowAxis(names: readonly string[]): ChartOption {
  return {
    type: "category",
    inverse: true,
    data: names,
    axisLabel: {
      color: "var(--ink)",
      fontSize: 13,
      lineHeight: 15,
      width: 176,
      overflow: "truncate",
      interval: 0,
    },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  };
}
