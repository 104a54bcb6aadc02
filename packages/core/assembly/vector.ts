/** Bytes of one float32, as a shift. */
export const FLOAT: usize = 2;

/** Elements that one vector register holds, in bytes. */
export const LANES: usize = 16;

/** The end of the part of `bytes` that whole registers cover. */
export function wholeLanes(bytes: usize): usize {
  return bytes & ~(LANES - 1);
}
