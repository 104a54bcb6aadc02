import type { Cryptography } from "./cryptography.ts";

const refuse = () => {
  throw new Error("this method was not expected to need cryptography");
};

/** For methods that need none. */
export const noCryptography: Cryptography = {
  randomBytes: refuse,
  keyedBytes: refuse,
  createBlinding: refuse,
};
