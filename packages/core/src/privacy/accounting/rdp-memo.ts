import type { Mechanism } from "./mechanism.ts";
import type { RdpCurve } from "./rdp.ts";
import { rdpCurveOf } from "./rdp-of.ts";

/** So many mechanisms' curves are kept; the oldest make room. */
const CURVES = 16_384;
/** So many orders of one curve are kept. */
const ORDERS = 128;

/**
 * `rdpCurveOf` with a bounded memory of the module's. Values of a pure function are kept, so that nobody can
 * tell but by the time it takes: a ledger asks for the same mechanisms after every charge.
 */
export function rememberedRdpCurve(mechanism: Mechanism): RdpCurve {
  const rate = mechanism.kind === "gaussian" ? mechanism.samplingRate : 1;
  const key = `${mechanism.kind} ${mechanism.noiseMultiplier} ${rate}`;
  let curve = curves.get(key);
  if (curve === undefined) {
    if (curves.size >= CURVES) curves.delete(curves.keys().next().value!);
    curves.set(key, (curve = remembering(rdpCurveOf(mechanism))));
  }
  return curve;
}

const curves = new Map<string, RdpCurve>();

function remembering(curve: RdpCurve): RdpCurve {
  const known = new Map<number, number>();
  return (order) => {
    let value = known.get(order);
    if (value === undefined) {
      value = curve(order);
      if (known.size < ORDERS) known.set(order, value);
    }
    return value;
  };
}
