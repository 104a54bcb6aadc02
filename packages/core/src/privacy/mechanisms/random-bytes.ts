/** So many bytes that nobody can foretell; each call goes on where the one before ended. */
export type RandomBytes = (count: number) => Uint8Array;
