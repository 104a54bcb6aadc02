import { Jaxpr } from "@jax-js/jax";

type Binder = Jaxpr["inBinders"][number];
type Equations = Jaxpr["eqns"];

/** Primitives that jax-js runs as routines of their own, not as parts of a fused kernel. */
const routines: ReadonlySet<string> = new Set(["sort", "argsort", "scatter"]);

/**
 * A Jaxpr cut into parts to be run in order, each reading what earlier parts give; the last gives the
 * whole's outputs. Every routine is a part alone: jax-js 0.1.25 refuses to compile some Jaxprs in
 * which a routine reads what a fused kernel computes ("input is not imm").
 */
export function segments({ inBinders, eqns, outs }: Jaxpr): readonly Jaxpr[] {
  if (!eqns.some(({ primitive }) => routines.has(primitive)))
    return [new Jaxpr(inBinders, eqns, outs)];
  const parts = grouped(eqns);
  const last = parts.length - 1;
  const wanted = new Set<unknown>(outs);
  const results: Jaxpr[] = [];
  for (const [i, part] of parts.toReversed().entries()) {
    const given = part.flatMap(({ outBinders }) => outBinders).filter((v) => wanted.has(v));
    const inner = new Set<unknown>(part.flatMap(({ outBinders }) => outBinders));
    const read = [...part.flatMap(({ inputs }) => inputs), ...(i === 0 ? outs : [])];
    const free = new Set<Binder>();
    for (const atom of read) if (!("value" in atom) && !inner.has(atom)) free.add(atom);
    for (const binder of free) wanted.add(binder);
    results[last - i] = new Jaxpr([...free], part, i === 0 ? outs : given);
  }
  return results;
}

function grouped(eqns: Equations): Equations[] {
  const parts: Equations[] = [[]];
  for (const eqn of eqns)
    if (routines.has(eqn.primitive)) parts.push([eqn], []);
    else parts.at(-1)!.push(eqn);
  return parts.filter((part, i) => part.length > 0 || i === parts.length - 1);
}
