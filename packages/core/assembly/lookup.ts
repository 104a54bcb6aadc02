import { FLOAT, LANES, wholeLanes } from "./vector";

/** to[0 .. bytes) <- to + scale from */
function addScaled(to: usize, from: usize, bytes: usize, scale: f32): void {
  const whole = wholeLanes(bytes);
  const scales = f32x4.splat(scale);
  let i: usize = 0;
  for (; i < whole; i += LANES)
    v128.store(to + i, f32x4.add(v128.load(to + i), f32x4.mul(scales, v128.load(from + i))));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + scale * load<f32>(from + i));
}

function copy(to: usize, from: usize, bytes: usize): void {
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/**
 * The table row of every entry of a batch, `rows[b, f] = offsets[f] + categorical[b, columns[f]]`, and in
 * `slots` -1 for padding (a categorical value of 0), else 0.
 */
export function rowsOf(
  categorical: usize,
  numExamples: i32,
  numColumns: i32,
  columns: usize,
  offsets: usize,
  numFeatures: i32,
  rows: usize,
  slots: usize,
): void {
  const stride = (<usize>numColumns) << FLOAT;
  const last = (<usize>numFeatures) << FLOAT;
  for (let b = 0; b < numExamples; b++) {
    for (let f: usize = 0; f < last; f += 4) {
      const local = load<i32>(categorical + ((<usize>load<i32>(columns + f)) << FLOAT));
      store<i32>(rows + f, load<i32>(offsets + f) + local);
      store<i32>(slots + f, local == 0 ? -1 : 0);
    }
    categorical += stride;
    rows += last;
    slots += last;
  }
}

/** out[i, :] <- table[rows[i], :] */
export function gatherRows(table: usize, width: i32, rows: usize, count: i32, out: usize): void {
  const bytes = (<usize>width) << FLOAT;
  for (let i = 0; i < count; i++) {
    copy(out, table + <usize>load<i32>(rows) * bytes, bytes);
    rows += 4;
    out += bytes;
  }
}

/** What each entry of a bag counts for: 1 for a sum, 1 over the entries that are no padding for a mean. */
function shareOf(slots: usize, from: i32, to: i32, mean: i32): f32 {
  if (mean == 0) return 1;
  let size = 0;
  for (let i = from; i < to; i++) if (load<i32>(slots + ((<usize>i) << FLOAT)) >= 0) size++;
  return size > 0 ? <f32>1 / <f32>size : 1;
}

/**
 * out[b, :] <- sum or mean of the table's rows `rows[starts[b] .. starts[b + 1])`; zero where there are
 * none.
 */
export function gatherBags(
  table: usize,
  width: i32,
  rows: usize,
  slots: usize,
  starts: usize,
  numBags: i32,
  mean: i32,
  out: usize,
): void {
  const bytes = (<usize>width) << FLOAT;
  for (let b = 0; b < numBags; b++) {
    const from = load<i32>(starts);
    const to = load<i32>(starts + 4);
    const share = shareOf(slots, from, to, mean);
    memory.fill(out, 0, bytes);
    for (let i = from; i < to; i++) {
      const row = <usize>load<i32>(rows + ((<usize>i) << FLOAT));
      addScaled(out, table + row * bytes, bytes, share);
    }
    starts += 4;
    out += bytes;
  }
}

/**
 * Numbers the distinct rows of `rows[0 .. count)` in order of first appearance: `slots[i]` is the number
 * of `rows[i]`, `unique` lists them; returns how many there are. A slot that is -1 before stays so.
 *
 * Which rows were seen is a sparse set (Briggs and Torczon 1993): `slotOfRow` needs no clearing, for an
 * entry counts only if `unique` points back at it.
 */
export function distinctRows(
  rows: usize,
  count: i32,
  slotOfRow: usize,
  unique: usize,
  slots: usize,
): i32 {
  let found = 0;
  const end = (<usize>count) << FLOAT;
  for (let i: usize = 0; i < end; i += 4) {
    if (load<i32>(slots + i) < 0) continue;
    const row = load<i32>(rows + i);
    const entry = slotOfRow + ((<usize>row) << FLOAT);
    const known = load<i32>(entry);
    if (<u32>known < <u32>found && load<i32>(unique + ((<usize>known) << FLOAT)) == row) {
      store<i32>(slots + i, known);
    } else {
      store<i32>(entry, found);
      store<i32>(unique + ((<usize>found) << FLOAT), row);
      store<i32>(slots + i, found);
      found++;
    }
  }
  return found;
}

/** sums[s, :] <- sum of gradient[i, :] over all i with slots[i] = s, for s in [0, numSlots). */
export function sumRows(
  slots: usize,
  count: i32,
  gradient: usize,
  width: i32,
  sums: usize,
  numSlots: i32,
): void {
  const bytes = (<usize>width) << FLOAT;
  memory.fill(sums, 0, <usize>numSlots * bytes);
  for (let i = 0; i < count; i++) {
    const slot = load<i32>(slots);
    if (slot >= 0) addScaled(sums + <usize>slot * bytes, gradient, bytes, 1);
    slots += 4;
    gradient += bytes;
  }
}

/** The transpose of `gatherBags`: every entry of bag b receives gradient[b, :], over its size for a mean. */
export function sumBags(
  slots: usize,
  starts: usize,
  numBags: i32,
  mean: i32,
  gradient: usize,
  width: i32,
  sums: usize,
  numSlots: i32,
): void {
  const bytes = (<usize>width) << FLOAT;
  memory.fill(sums, 0, <usize>numSlots * bytes);
  for (let b = 0; b < numBags; b++) {
    const from = load<i32>(starts);
    const to = load<i32>(starts + 4);
    const share = shareOf(slots, from, to, mean);
    for (let i = from; i < to; i++) {
      const slot = load<i32>(slots + ((<usize>i) << FLOAT));
      if (slot >= 0) addScaled(sums + <usize>slot * bytes, gradient, bytes, share);
    }
    starts += 4;
    gradient += bytes;
  }
}
