/** One token of a SentencePiece vocabulary as GGUF files hold it. */
export interface TinyToken {
  readonly text: string;
  /** Of two pieces that could be joined, the pair with the larger score is joined first. */
  readonly score: number;
  /** 1 normal, 2 unknown, 3 control, 6 byte. */
  readonly type: 1 | 2 | 3 | 6;
  /** Added to the logit of the token, whatever came before. */
  readonly preference: number;
}

/** Stands for a space in SentencePiece. */
const SPACE = "▁";
/** Pieces of English, each made of two that stand before it. */
const JOINED =
  "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur the and ing ion";

/** The specials, all 256 bytes, printable ASCII and some pieces of English: 411 tokens. */
export function tinyVocabulary(): readonly TinyToken[] {
  const specials: TinyToken[] = [
    { text: "<unk>", score: 0, type: 2, preference: -9 },
    { text: "<s>", score: 0, type: 3, preference: -9 },
    { text: "</s>", score: 0, type: 3, preference: 0 },
  ];
  const bytes = Array.from({ length: 256 }, (_, byte): TinyToken => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    score: 0,
    type: 6,
    preference: -4,
  }));
  const joined = [...JOINED.split(" "), `${SPACE}t`, `${SPACE}a`, `${SPACE}s`];
  const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const pieces = [...joined, ...characters.map((text) => (text === " " ? SPACE : text))];
  return [
    ...specials,
    ...bytes,
    ...pieces.map((text, rank): TinyToken => ({
      text,
      score: -rank,
      type: 1,
      preference: preferenceOf(text),
    })),
  ];
}

/** A quotation mark ends a string, so that an answer held to a grammar ends soon; letters rather than signs. */
function preferenceOf(text: string): number {
  if (text === '"') return 4;
  return /^[\u2581a-z0-9]+$/.test(text) ? 2 : 0;
}
