import type { Fault } from "./faults.fixture.ts";

/** What is done with the bytes of one direction, in order. */
export type Deed =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Nothing comes after one of these. */
  | { readonly kind: "cut" | "reset" | "truncate" | "stall" };

export interface FaultyBytes {
  readonly push: (chunk: Uint8Array) => Deed[];
  /** The sender has ended: gives out what a harm still holds back. */
  readonly end: () => Deed[];
}

/** A harm that goes on for some bytes. */
interface Span {
  readonly kind: "corrupt" | "duplicate" | "hold" | "swap";
  readonly mask: number;
  readonly kept: Uint8Array[];
  readonly lengthBytes: number;
  leftBytes: number;
}

/** Harms the bytes of one direction of one connection; where chunks begin and end makes no difference. */
export function faultyBytes(
  faults: readonly Fault[],
  happened: (fault: Fault) => void,
): FaultyBytes {
  const waiting = faults.toSorted((a, b) => a.atByte - b.atByte);
  let position = 0;
  let span: Span | undefined;
  let isOver = false;

  const begin = (fault: Fault): Deed[] => {
    happened(fault);
    switch (fault.kind) {
      case "delay":
        return [{ kind: "delay", delayMs: fault.delayMs }];
      case "cut":
      case "reset":
      case "truncate":
      case "stall":
        isOver = true;
        return [{ kind: fault.kind }];
      case "corrupt":
      case "duplicate":
      case "reorder":
        span = {
          kind: fault.kind === "reorder" ? "hold" : fault.kind,
          mask: fault.kind === "corrupt" ? fault.mask : 0,
          kept: [],
          lengthBytes: fault.lengthBytes,
          leftBytes: fault.lengthBytes,
        };
        return [];
    }
  };

  const within = (current: Span, piece: Uint8Array): Deed[] => {
    current.leftBytes -= piece.length;
    if (current.kind === "duplicate" || current.kind === "hold") current.kept.push(piece);
    const deeds: Deed[] = [];
    if (current.kind === "corrupt") deeds.push(bytes(piece.map((byte) => byte ^ current.mask)));
    else if (current.kind !== "hold") deeds.push(bytes(piece));
    if (current.leftBytes > 0) return deeds;
    if (current.kind === "hold") {
      span = { ...current, kind: "swap", leftBytes: current.lengthBytes };
      return deeds;
    }
    span = undefined;
    return [...deeds, ...current.kept.map(bytes)];
  };

  return {
    push: (chunk) => {
      const deeds: Deed[] = [];
      let offset = 0;
      while (offset < chunk.length) {
        if (isOver) break;
        if (span === undefined && waiting[0] !== undefined && waiting[0].atByte <= position) {
          deeds.push(...begin(waiting.shift()!));
          continue;
        }
        const most = span?.leftBytes ?? (waiting[0]?.atByte ?? Infinity) - position;
        const piece = chunk.slice(offset, Math.min(chunk.length, offset + most));
        offset += piece.length;
        position += piece.length;
        deeds.push(...(span === undefined ? [bytes(piece)] : within(span, piece)));
      }
      return deeds;
    },
    end: () => (isOver ? [] : (span?.kept ?? []).map(bytes)),
  };
}

function bytes(piece: Uint8Array): Deed {
  return { kind: "bytes", bytes: piece };
}
