import { z } from "zod";
import { experimentSchema } from "./schema.ts";
import { valueAt, type Path } from "./zod-issues.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
}

/** The schema nodes that a path may mean; of branches with a `kind`, only the one the file names. */
function nodesAt(root: unknown, path: Path, of: z.ZodType): readonly Node[] {
  const narrow = (nodes: readonly Node[], at: Path): readonly Node[] => {
    const flat = nodes.flatMap((node) => node.anyOf ?? node.oneOf ?? [node]);
    const open = flat.some((node) => node.anyOf ?? node.oneOf) ? narrow(flat, at) : flat;
    const kind = valueAt(root, [...at, "kind"]);
    const named = open.filter(
      (node) => kind !== undefined && node.properties?.["kind"]?.const === kind,
    );
    return named.length > 0 ? named : open;
  };
  const schema = z.toJSONSchema(of, { io: "input" }) as Node;
  let nodes = narrow([schema], []);
  path.forEach((key, depth) => {
    const next = nodes.flatMap((node) => {
      const child =
        typeof key === "number"
          ? node.items
          : (node.properties?.[key] ?? node.additionalProperties);
      return typeof child === "object" ? [child] : [];
    });
    nodes = narrow(next, path.slice(0, depth + 1));
  });
  return nodes;
}

/** Keys that the schema knows at a path of a file. */
export function knownKeys(
  root: unknown,
  path: Path,
  of: z.ZodType = experimentSchema,
): readonly string[] {
  return [
    ...new Set(nodesAt(root, path, of).flatMap((node) => Object.keys(node.properties ?? {}))),
  ];
}
