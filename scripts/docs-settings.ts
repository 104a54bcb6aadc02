/** A node of a JSON Schema, as zod writes it. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** One setting for people: where it stands, what it takes, what holds without it, what it means. */
export interface Setting {
  readonly path: string;
  readonly takes: string;
  readonly otherwise: string;
  readonly meaning: string;
}

const isObject = (node: SchemaNode) =>
  node.properties !== undefined || typeof node.additionalProperties === "object";

/** The kind that a block of a union says, such as `files`. */
export const kindOf = (node: SchemaNode): string | undefined =>
  node.properties?.kind?.const === undefined ? undefined : String(node.properties.kind.const);

/** A schema without references: what stands beside one wins over what it leads to; recursion ends in `anything`. */
export function resolved(root: SchemaNode): SchemaNode {
  const visit = (node: SchemaNode, within: readonly string[]): SchemaNode => {
    if (node.$ref !== undefined) {
      const { $ref, ...beside } = node;
      if (within.includes($ref)) return beside;
      return { ...visit(root.$defs![$ref.replace("#/$defs/", "")]!, [...within, $ref]), ...beside };
    }
    const { anyOf, oneOf, properties, items, additionalProperties, ...rest } = node;
    const deeper = (own: SchemaNode) => visit(own, within);
    return {
      ...rest,
      ...(properties && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, own]) => [name, deeper(own)]),
        ),
      }),
      ...(items && { items: deeper(items) }),
      ...(typeof additionalProperties === "object" && {
        additionalProperties: deeper(additionalProperties),
      }),
      ...((anyOf ?? oneOf) && { anyOf: (anyOf ?? oneOf)!.map(deeper) }),
    };
  };
  return visit(root, []);
}

/** What a node may be, one after another; none for a node of one form. */
export function variantsOf({ anyOf }: SchemaNode): readonly SchemaNode[] {
  // Unions within unions, as of optional ones, are one.
  return (anyOf ?? []).flatMap((own) => (variantsOf(own).length > 0 ? variantsOf(own) : [own]));
}

const code = (value: unknown) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

function bounds(node: SchemaNode): string {
  const parts = [
    ...(node.minimum !== undefined && node.minimum > -Number.MAX_SAFE_INTEGER
      ? [`at least ${node.minimum}`]
      : []),
    ...(node.exclusiveMinimum === undefined ? [] : [`above ${node.exclusiveMinimum}`]),
    ...(node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER
      ? [`at most ${node.maximum}`]
      : []),
    ...(node.exclusiveMaximum === undefined ? [] : [`below ${node.exclusiveMaximum}`]),
  ];
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

/** What a node takes, in words. */
export function takes(node: SchemaNode): string {
  const variants = variantsOf(node);
  if (variants.length > 0) {
    const words = [
      ...new Set(variants.map((own) => (kindOf(own) ? `block \`${kindOf(own)}\`` : takes(own)))),
    ];
    return words.join(" or ");
  }
  if (node.const !== undefined) return code(node.const);
  if (node.enum !== undefined) return node.enum.map(code).join(", ");
  if (node.items !== undefined) return `list of: ${takes(node.items)}`;
  if (typeof node.additionalProperties === "object")
    return `by name: ${takes(node.additionalProperties)}`;
  if (node.properties !== undefined) return "block";
  if (node.type === "integer") return `whole number${bounds(node)}`;
  if (node.type === "number") return `number${bounds(node)}`;
  if (node.type === "boolean") return "`true`, `false`";
  if (node.type === "string") return "text";
  return node.type ?? "anything";
}

function otherwise(node: SchemaNode, required: boolean): string {
  if (required) return "required";
  if (node.default === undefined) return "";
  return isObject(node) && JSON.stringify(node.default) === "{}" ? "" : code(node.default);
}

/** Blocks with the same settings are told once; long ones are known by names alone, as a second may repeat no meaning. */
const fingerprint = ({ properties = {} }: SchemaNode) =>
  Object.keys(properties).length > 10
    ? Object.keys(properties).join()
    : JSON.stringify(Object.entries(properties).map(([name, own]) => [name, own.description]));

/**
 * Every setting below a block, in the order of the schema; `known` remembers blocks that were told already, by what
 * they hold, so that a second one only points to the first.
 */
export function settingsOf(node: SchemaNode, path: string, known: Map<string, string>): Setting[] {
  return Object.entries(node.properties ?? {})
    .filter(([name]) => name !== "kind")
    .flatMap(([name, own]) => {
      const here = path === "" ? name : `${path}.${name}`;
      const required = node.required?.includes(name) === true && own.default === undefined;
      return [
        {
          path: here,
          takes: takes(own),
          otherwise: otherwise(own, required),
          meaning: own.description ?? "",
        },
        ...below(own, here, known),
      ];
    });
}

/** The settings of whatever blocks a setting takes. */
function below(node: SchemaNode, path: string, known: Map<string, string>): Setting[] {
  const block = (): Setting[] => {
    const print = fingerprint(node);
    const numSettings = Object.keys(node.properties!).filter((name) => name !== "kind").length;
    const told = known.get(print);
    if (told !== undefined && numSettings > 1)
      return [{ path: `${path}...`, takes: "", otherwise: "", meaning: `as \`${told}\`` }];
    known.set(print, path);
    return settingsOf(node, path, known);
  };
  return [
    ...variantsOf(node).flatMap((own) =>
      below(own, kindOf(own) === undefined ? path : `${path}(${kindOf(own)})`, known),
    ),
    ...(node.items === undefined ? [] : below(node.items, `${path}[]`, known)),
    ...(typeof node.additionalProperties === "object"
      ? below(node.additionalProperties, `${path}.NAME`, known)
      : []),
    ...(node.properties === undefined ? [] : block()),
  ];
}
