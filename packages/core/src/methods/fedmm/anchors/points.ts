import { AtollError } from "../../../errors/index.ts";
import type { Message, WireArray } from "../../../federation/types.ts";

/** Of one blinded item. */
export const POINT_BYTES = 32;

export function pointsArray(data: Uint8Array): WireArray {
  return { shape: [data.length / POINT_BYTES, POINT_BYTES], data };
}

/** The points of a message, [n * 32]; refuses a message without them. */
export function pointsIn({ kind, arrays }: Message, sender: string): Uint8Array {
  const points = arrays["points"];
  if (
    !(points?.data instanceof Uint8Array) ||
    points.shape.length !== 2 ||
    points.shape[1] !== POINT_BYTES
  )
    throw new AtollError(
      "MESSAGE_MALFORMED",
      `stage "anchors", message "${kind}" of ${sender}: points have shape [${points?.shape.join(", ") ?? ""}] where [n, ${POINT_BYTES}] bytes are due; its sender runs another version`,
    );
  return points.data;
}

/**
 * The order of points by their bytes. Under a secret, points look drawn at random, so a list in this order
 * says nothing about the order in which its items were.
 */
export function orderOfPoints(points: Uint8Array): Int32Array {
  const compare = (a: number, b: number): number => {
    for (let k = 0; k < POINT_BYTES; k++) {
      const difference = points[a * POINT_BYTES + k]! - points[b * POINT_BYTES + k]!;
      if (difference !== 0) return difference;
    }
    return a - b;
  };
  return Int32Array.from({ length: points.length / POINT_BYTES }, (_, i) => i).sort(compare);
}

/** The points in the given order. */
export function takePoints(points: Uint8Array, order: Int32Array): Uint8Array {
  const taken = new Uint8Array(order.length * POINT_BYTES);
  order.forEach((from, to) =>
    taken.set(points.subarray(from * POINT_BYTES, (from + 1) * POINT_BYTES), to * POINT_BYTES),
  );
  return taken;
}
