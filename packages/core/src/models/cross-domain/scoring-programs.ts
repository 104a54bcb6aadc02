import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { compile, type ParameterLayout, type Program } from "../../tensor/index.ts";
import { parameterInputs, profileInputs, tensor } from "./chunk-inputs.ts";
import { candidateVectors, inputVectors } from "./item-vectors.ts";
import { ITEMS_OUT } from "./layout.ts";
import { presenceOf } from "./lookup.ts";
import type { ChunkSizes, CrossDomainModel } from "./types.ts";

export interface QueryProgramOptions {
  readonly model: CrossDomainModel;
  /** Targets, negatives and augmented sequences play no part. */
  readonly sizes: ChunkSizes;
  readonly layout: ParameterLayout;
}

/**
 * What histories lead to: queries of the next item in every domain.
 *
 * Inputs: `parameter:<name>`; `own` [C, R, publicWidth] where items have public vectors, `ownRows` [C, R, width]
 * where they have learned ones; `profile` [C, D, P] where users have profiles; `merged` [C, L] and `domains` [C, D, X], slots up to the last position.
 * Outputs: `queries` [C, D, queryWidth] and `representations` [C, D + 1, width].
 */
export function queryProgram({ model, sizes: given, layout }: QueryProgramOptions): Program {
  const sizes: ChunkSizes = { ...given, targets: 1, augmented: false };
  const { users, domains, length, domainLength, own, width, publicWidth } = sizes;
  return compile({
    name: `queries:${model.kind}`,
    inputs: [
      ...parameterInputs(layout),
      ...(publicWidth > 0 ? [tensor("own", [users, own, publicWidth])] : []),
      ...(sizes.learnedRows ? [tensor("ownRows", [users, own, width])] : []),
      ...profileInputs(sizes),
      tensor("merged", [users, length]),
      tensor("domains", [users, domains, domainLength]),
    ],
    fn: (arrays) => {
      const parameters = parametersOf(arrays, layout);
      const [merged, slots] = [arrayOf(arrays, "merged"), arrayOf(arrays, "domains")];
      /** The last position, -1 where it is padding. */
      const lastOf = (present: np.Array, size: number) => present.mul(size).sub(1);
      const lastMerged = presenceOf(merged.slice([], [length - 1, length]));
      const lastOwn = presenceOf(slots.slice([], [], [domainLength - 1, domainLength]));
      const { queries, representations } = model.forward(
        {
          parameters,
          dropout: {},
          mode: "predict",
          vectors: inputVectors(parameters, { public: arrays["own"], rows: arrays["ownRows"] }),
          ...(sizes.profileWidth > 0 && { profile: arrayOf(arrays, "profile") }),
          merged,
          domains: slots,
          stateAt: lastOf(lastMerged, length),
          domainStateAt: lastOf(lastOwn, domainLength),
          weight: np.ones([users, 1]),
          targetDomain: np.ones([users, domains, 1]),
        },
        sizes,
      );
      return { queries: np.concatenate([...queries], 1), representations };
    },
  });
}

export interface ItemProgramOptions {
  readonly sizes: ChunkSizes;
  readonly layout: ParameterLayout;
  /** n */
  readonly items: number;
}

/**
 * The vectors that queries are compared with. Inputs: where items have public vectors `parameter:items/out`
 * and `public` [n, publicWidth], where they have learned ones `rows` [n, width]. Output: `vectors` [n, width].
 */
export function itemProgram({ sizes, layout, items }: ItemProgramOptions): Program {
  const views = layout.views.filter(({ name }) => name === ITEMS_OUT);
  const projection = { ...layout, views };
  return compile({
    name: "items",
    inputs: [
      ...parameterInputs(projection),
      ...(sizes.publicWidth > 0 ? [tensor("public", [items, sizes.publicWidth])] : []),
      ...(sizes.learnedRows ? [tensor("rows", [items, sizes.width])] : []),
    ],
    fn: (arrays) => ({
      vectors: candidateVectors(parametersOf(arrays, projection), {
        public: arrays["public"],
        rows: arrays["rows"],
      }),
    }),
  });
}

export interface PairProgramOptions extends QueryProgramOptions {
  readonly domain: number;
  /** M: candidates of each query. */
  readonly candidates: number;
}

/**
 * Logits of candidates of one domain, for heads other than a product. Inputs: `parameter:<name>` of the head,
 * all domains; `queries` [C, queryWidth] of that domain; `vectors` [C, M, width]. Output: `logits` [C, M].
 */
export function pairProgram(options: PairProgramOptions): Program {
  const { model, sizes, layout, domain, candidates } = options;
  const { users, width } = sizes;
  const names = new Set(model.head.parameters(sizes).map(({ name }) => name));
  const head = { ...layout, views: layout.views.filter(({ name }) => names.has(name)) };
  const queryWidth = model.head.queryWidth(sizes);
  return compile({
    name: `pairs:${model.kind}:${domain}`,
    inputs: [
      ...parameterInputs(head),
      tensor("queries", [users, queryWidth]),
      tensor("vectors", [users, candidates, width]),
    ],
    fn: (arrays) => {
      const queries = arrayOf(arrays, "queries").reshape([users, 1, queryWidth]);
      const vectors = arrayOf(arrays, "vectors");
      const logits = model.head.all(parametersOf(arrays, head), domain, queries, vectors);
      return { logits: logits.reshape([users, candidates]) };
    },
  });
}

function parametersOf(arrays: Arrays, { views }: Pick<ParameterLayout, "views">): Arrays {
  return Object.fromEntries(views.map(({ name }) => [name, arrayOf(arrays, `parameter:${name}`)]));
}
