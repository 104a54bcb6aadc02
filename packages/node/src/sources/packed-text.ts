/** Texts one after another: the UTF-8 bytes of text i end at `ends[i]`, and begin where the one before ends. */
export interface PackedText {
  readonly bytes: Uint8Array;
  readonly ends: Float64Array;
}

export function packText(pieces: readonly Uint8Array[]): PackedText {
  const ends = new Float64Array(pieces.length);
  let size = 0;
  pieces.forEach((piece, i) => (ends[i] = size += piece.length));
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, ends };
}

/** The texts as strings, appended to `values`. */
export function unpackText({ bytes, ends }: PackedText, values: string[]): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let begin = 0;
  for (const end of ends) {
    values.push(buffer.toString("utf8", begin, end));
    begin = end;
  }
}
