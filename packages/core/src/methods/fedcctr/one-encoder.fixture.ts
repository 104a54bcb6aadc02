/** Where the model does not matter: a program of a third of the size. */
export const oneEncoder = { encoders: "merged", cdrd: { weight: 0 } } as const;
