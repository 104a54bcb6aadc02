import type { PlanePoint } from "./plane-chart.ts";

type Place = "right" | "left" | "top" | "bottom";
export type LabelPlaces = ReadonlyMap<PlanePoint, Place>;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The least plane that a chart is drawn on, and what a letter takes of it. */
const WIDTH_PX = 250;
const HEIGHT_PX = 290;
const LETTER_PX = 7;
const LINE_PX = 15;
const APART_PX = 10;
const LONGEST_PX = 110;

const PLACES: readonly Place[] = ["right", "left", "top", "bottom"];

/** Beside which side of its point each name stands, so that names do not cover each other where it can be helped. */
export function labelPlaces(
  points: readonly PlanePoint[],
  { log, prefer }: { readonly log: boolean; readonly prefer: "left" | "right" },
): LabelPlaces {
  const order = [prefer, ...PLACES.filter((place) => place !== prefer)];
  const along = (value: number) => (log ? Math.log10(Math.max(1, value)) : value);
  const scale = (values: readonly number[], sizePx: number) => {
    const low = Math.min(...values);
    const span = Math.max(...values) - low || 1;
    return (value: number) => ((value - low) / span) * sizePx;
  };
  const x = scale(
    points.map((point) => along(point.x)),
    WIDTH_PX,
  );
  const y = scale(
    points.map((point) => point.y),
    HEIGHT_PX,
  );
  const taken: Box[] = points.map((point) => {
    const [cx, cy] = [x(along(point.x)), y(point.y)];
    return { left: cx - 6, right: cx + 6, top: cy - 6, bottom: cy + 6 };
  });
  return new Map(
    points.map((point, i) => {
      const boxes = order.map((place) => ({
        place,
        box: boxAt(place, x(along(point.x)), y(point.y), widthOf(point.name)),
      }));
      const covered = ({ box }: { readonly box: Box }) =>
        taken.filter((other, j) => j !== i && overlap(box, other)).length +
        (box.right > WIDTH_PX + 24 || box.left < -4 ? 1 : 0);
      const best = boxes.reduce((least, own) => (covered(own) < covered(least) ? own : least));
      taken.push(best.box);
      return [point, best.place] as const;
    }),
  );
}

const widthOf = (name: string) => Math.min(LONGEST_PX, name.length * LETTER_PX);

function boxAt(place: Place, x: number, y: number, width: number): Box {
  const [halfX, halfY] = [width / 2, LINE_PX / 2];
  const [cx, cy] = {
    right: [x + APART_PX + halfX, y],
    left: [x - APART_PX - halfX, y],
    top: [x, y + APART_PX + halfY],
    bottom: [x, y - APART_PX - halfY],
  }[place] as [number, number];
  return { left: cx - halfX, right: cx + halfX, top: cy - halfY, bottom: cy + halfY };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
