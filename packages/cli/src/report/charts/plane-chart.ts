import {
  baseOption,
  valueAxis,
  type Chart,
  type ChartOption,
  type ValueAxisOptions,
} from "./chart.ts";
import { zeroLine } from "./row-chart.ts";
import { labelPlaces, type LabelPlaces } from "./label-places.ts";
import { symbolOption, type PointLook } from "./symbols.ts";

export interface PlanePoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Ends of the interval of y. */
  readonly low: number;
  readonly high: number;
  readonly tip: string;
}

export interface PlaneSeries extends PointLook {
  readonly name: string;
  readonly points: readonly PlanePoint[];
}

export interface PlaneChartOptions {
  readonly x: ValueAxisOptions;
  readonly y: ValueAxisOptions;
  readonly series: readonly PlaneSeries[];
  /** A dashed line where y is 0. */
  readonly zero?: boolean;
  /** Down is more: for losses, so that up is better everywhere. */
  readonly reversed?: boolean;
  /** Points joined by steps: what nothing beats in both directions. */
  readonly front?: readonly PlanePoint[];
  /** The side of a point on which its name stands if there is room. */
  readonly prefer?: "left" | "right";
}

const HEIGHT_PX = 380;

/** Named points with intervals on a plane. */
export function planeChart({
  x,
  y,
  series,
  zero = false,
  reversed = false,
  front = [],
  prefer = "right",
}: PlaneChartOptions): Pick<Chart, "option" | "heightPx"> {
  const places = labelPlaces(
    series.flatMap(({ points }) => points),
    { log: x.log === true, prefer },
  );
  return {
    heightPx: HEIGHT_PX,
    option: baseOption({
      grid: {
        left: 26,
        right: 28,
        top: 14,
        bottom: 34,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: valueAxis(x),
      yAxis: {
        ...valueAxis({ ...y, tight: !zero }),
        nameGap: 52,
        inverse: reversed,
      },
      series: [
        ...(zero ? [zeroLine("yAxis")] : []),
        ...(front.length > 1
          ? [
              {
                type: "line",
                data: front.map((point) => [point.x, point.y]),
                step: "end",
                symbol: "none",
                silent: true,
                tooltip: { show: false },
                lineStyle: { color: "var(--accent)", width: 1.5, type: "dashed" },
              },
            ]
          : []),
        ...series.filter(({ points }) => points.length > 0).flatMap((own) => drawn(own, places)),
      ],
    }),
  };
}

function drawn(series: PlaneSeries, places: LabelPlaces): ChartOption[] {
  const { name, points, colour } = series;
  return [
    {
      type: "line",
      name,
      data: points.flatMap(({ x, low, high }) => [
        [x, low],
        [x, high],
        [null, null],
      ]),
      symbol: "none",
      silent: true,
      tooltip: { show: false },
      lineStyle: { color: colour, width: 1.5, opacity: 0.6 },
    },
    {
      type: "scatter",
      name,
      data: points.map((point) => ({
        name: point.name,
        value: [point.x, point.y],
        tip: point.tip,
        label: { position: places.get(point) },
      })),
      ...symbolOption(series, 11),
      label: {
        show: true,
        formatter: "{b}",
        color: "var(--ink)",
        fontSize: 12,
        textBorderColor: "transparent",
        width: 110,
        overflow: "truncate",
      },
    },
  ];
}
