import { AtollError } from "../../errors/index.ts";

/** The parameters of a jax-js primitive, whose types jax-js does not tell. */
export type Params = Readonly<Record<string, unknown>>;

export function integer(params: Params, name: string): number {
  const value = params[name];
  return isInteger(value) ? value : refuse(name, "an integer");
}

export function integers(params: Params, name: string): readonly number[] {
  const value = params[name];
  return isListOf(value, isInteger) ? value : refuse(name, "a list of integers");
}

export type Pair = readonly [number, number];

export function pairs(params: Params, name: string): readonly Pair[] {
  const value = params[name];
  return isListOf(value, isPair) ? value : refuse(name, "a list of pairs");
}

/** One of the keys of `table`. */
export function choice<T extends object>(
  params: Params,
  name: string,
  table: T,
): Extract<keyof T, string> {
  const value = params[name];
  return isKey(value, table) ? value : refuse(name, `one of ${Object.keys(table).join(", ")}`);
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isPair(value: unknown): value is Pair {
  return isListOf(value, isInteger) && value.length === 2;
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function isKey<T extends object>(value: unknown, table: T): value is Extract<keyof T, string> {
  return typeof value === "string" && Object.hasOwn(table, value);
}

function refuse(name: string, wanted: string): never {
  throw new AtollError(
    "TENSOR_UNSUPPORTED_PRIMITIVE",
    `the jax-js parameter "${name}" is not ${wanted}; use the version of jax-js that Atoll pins`,
  );
}
