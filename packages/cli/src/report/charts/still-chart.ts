import { createRequire } from "node:module";
import { Html } from "../html.ts";
import { ROW_LETTERS, type Chart, type ChartOption } from "./chart.ts";
import { rowLabel } from "./row-label.ts";

/** As much of ECharts as a still picture needs. */
interface Library {
  readonly init: (
    at: null,
    theme: null,
    how: {
      readonly renderer: "svg";
      readonly ssr: true;
      readonly width: number;
      readonly height: number;
    },
  ) => {
    readonly setOption: (option: unknown) => void;
    readonly renderToSVGString: () => string;
    readonly dispose: () => void;
  };
}

/** A width at which letters stay readable, on a phone as on paper. */
const WIDTH_PX = 640;

/** The chart as SVG for readers without scripts; it takes its colours from the page. `id` keeps its inner names apart. */
export function stillChart({ option, heightPx }: Chart, id: string): Html {
  // Loaded when first needed: most commands draw nothing.
  const library = createRequire(import.meta.url)("echarts/dist/echarts.common.min.js") as Library;
  const drawing = library.init(null, null, {
    renderer: "svg",
    ssr: true,
    width: WIDTH_PX,
    height: heightPx,
  });
  try {
    drawing.setOption({ ...withRowLabels(option), animation: false });
    return new Html(cleaned(drawing.renderToSVGString(), id));
  } finally {
    drawing.dispose();
  }
}

/** Names of rows on lines, where an axis has rows. */
function withRowLabels(option: ChartOption): ChartOption {
  const yAxis = option["yAxis"] as ChartOption | undefined;
  if (yAxis?.["type"] !== "category") return option;
  const axisLabel = {
    ...(yAxis["axisLabel"] as ChartOption),
    formatter: (name: string) => rowLabel(name, ROW_LETTERS.wide),
  };
  return { ...option, yAxis: { ...yAxis, axisLabel } };
}

/** Without what is for a file of its own, for hovering, or counted through the process. */
function cleaned(svg: string, id: string): string {
  return (
    svg
      .replaceAll(/<style[\s\S]*?<\/style>/g, "")
      .replaceAll(
        / class="zr[^"]*"| xmlns(?::xlink)?="[^"]*"| ecmeta_\w+="[^"]*"| pointer-events="\w+"/g,
        "",
      )
      // Its own quotes would end the attribute; the page's font is the same.
      .replaceAll(/font-family:[^;]*;/g, "")
      .replaceAll(/\bzr\d+-/g, `${id}-`)
      .replace(
        /<svg width="\d+" height="\d+" version="1.1" baseProfile="full"/,
        '<svg aria-hidden="true"',
      )
  );
}
