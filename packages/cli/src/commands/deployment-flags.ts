import { wholeNumber } from "./whole-number.ts";

/** The folder of a server, as most commands of operators take it. */
export const serverFolder = {
  brief: "the server's folder",
  parse: String,
  placeholder: "DIR",
} as const;

export const clientFolder = {
  brief: "the client's folder, which `atoll client join` made",
  parse: String,
  placeholder: "DIR",
} as const;

export const json = { kind: "boolean", default: false, brief: "print JSON" } as const;

export const record = {
  kind: "parsed",
  parse: String,
  optional: true,
  brief: "postgres://... with the record of runs; default: a file in the folder",
  placeholder: "URL",
} as const;

/** The same, where it is only needed of a server that does not run. */
export const recordOfStopped = {
  ...record,
  brief: "postgres://... with the record, if the server does not run and keeps it there",
} as const;

export const behindProxy = {
  kind: "boolean",
  default: false,
  brief: "the server is behind a proxy that ends TLS: trust whom this machine trusts",
} as const;

export const dataFlag = {
  kind: "parsed",
  parse: String,
  brief: "the folder with this silo's files; nothing outside of it is read",
  placeholder: "FOLDER",
} as const;

/** A port to listen at; 0: any that is free. */
export function port(brief: string, usual: number) {
  return {
    kind: "parsed",
    parse: (input: string): number => {
      const value = wholeNumber(0)(input);
      if (value > 65_535) throw new SyntaxError(`${input} is no port; give one up to 65535`);
      return value;
    },
    default: String(usual),
    brief,
    placeholder: "PORT",
  } as const;
}

export function positive(input: string): number {
  const value = Number(input);
  if (!(value > 0) || !Number.isFinite(value))
    throw new SyntaxError(`${input} is no number above 0`);
  return value;
}

/** A share of clients: above 0 and at most 1. */
export function share(input: string): number {
  const value = positive(input);
  if (value > 1) throw new SyntaxError(`${input} is no share; give a number above 0, at most 1`);
  return value;
}

/** A non-empty word of a list. */
export function word(input: string): string {
  const trimmed = input.trim();
  if (trimmed === "") throw new SyntaxError("an entry of the list is empty");
  return trimmed;
}

export const runParameter = {
  brief: "the run's id, or its first letters",
  parse: String,
  placeholder: "RUN",
} as const;
