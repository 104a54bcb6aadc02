import type { ChartOption } from "./chart.ts";

/** Shapes of points: whoever sees no colours tells kinds apart by them. */
export type Symbol = "circle" | "up" | "down" | "diamond" | "square" | "cross";

export interface PointLook {
  readonly symbol: Symbol;
  /** `var(--s1)`. */
  readonly colour: string;
  /** Hollow where nothing is clear, or where a point only stands beside others. */
  readonly filled: boolean;
}

const CROSS = "path://M1 0L5 4L9 0L10 1L6 5L10 9L9 10L5 6L1 10L0 9L4 5L0 1Z";

/** Glyphs of the same shapes, for text. */
export const GLYPHS: Readonly<Record<Symbol, readonly [hollow: string, filled: string]>> = {
  circle: ["○", "●"],
  up: ["△", "▲"],
  down: ["▽", "▼"],
  diamond: ["◇", "◆"],
  square: ["□", "■"],
  cross: ["✕", "✕"],
};

/** A series' shape, colour and filling. */
export function symbolOption({ symbol, colour, filled }: PointLook, sizePx: number): ChartOption {
  const isTriangle = symbol === "up" || symbol === "down";
  const itemStyle = {
    color: filled ? colour : "var(--card)",
    borderColor: filled ? "var(--card)" : colour,
    borderWidth: filled ? 1 : 2,
    opacity: 1,
  };
  return {
    symbol: symbol === "cross" ? CROSS : isTriangle ? "triangle" : named[symbol],
    symbolRotate: symbol === "down" ? 180 : 0,
    symbolSize: isTriangle ? sizePx + 1 : sizePx,
    itemStyle,
    // Said again: ECharts would make it lighter, and cannot tell what a colour of the theme is.
    emphasis: { scale: 1.35, itemStyle },
  };
}

const named = { circle: "circle", diamond: "diamond", square: "rect" } as const;
