import { numpy as np } from "@jax-js/jax";
import { encoder } from "./encoder.ts";
import { cdrd } from "./cdrd.ts";
import { mlpHead, productHead } from "./heads.ts";
import { idra } from "./idra.ts";
import { lookUp, presenceOf } from "./lookup.ts";
import { profileLayer, queryLayer } from "./queries.ts";
import type { ChunkSizes, CrossDomainInputs, CrossDomainModel } from "./types.ts";

export interface IdstClSettings {
  /** `triple`: a transformer for each domain and one for the merged sequence; else only one kind. */
  readonly encoders: "triple" | "merged" | "domains";
  readonly blocks: number;
  /** They divide the width of the sizes. */
  readonly heads: number;
  readonly dropout: number;
  readonly head: "product" | "mlp";
  /** Left out with weight 0, without augmented sequences and without encoders of domains. */
  readonly idra: { readonly weight: number; readonly margin: number };
  /** Left out with weight 0, without both kinds of encoders, and where there is one domain. */
  readonly cdrd: { readonly weight: number; readonly temperature: number };
}

/**
 * IDST-CL of FedCCTR-LM (arXiv 2503.16875): transformers h_X of every domain's own sequence and h_M of the
 * merged one, a head for each domain, and two contrastive terms, `idra` and `cdrd`.
 *
 *   product:  q_X = h_X (I + U_X) + h_M (I + W_X) + p_X V_X, logit = <q_X, e>; U, W and V start at 0:
 *             q_X = h_X + h_M
 *   mlp:      logit = MLP^X([h_X ; h_M ; p_X V_X ; e ; h_X e])
 *
 * p_X is the user's profile in the domain, where there are profiles.
 *
 * With one kind of encoder, heads read what there is; `merged` with a product that has not moved is SASRec.
 * The paper has MLP heads; the product, which scores many candidates at once, is a choice. A state of an
 * encoder that is not there, or of an empty sequence, is 0 among the representations.
 */
export function idstCl(settings: IdstClSettings): CrossDomainModel {
  const kinds = { triple: ["domain", "merged"], merged: ["merged"], domains: ["domain"] }[
    settings.encoders
  ];
  const partsOf = (sizes: ChunkSizes) => {
    const { width } = sizes;
    const make = (name: string, length: number) => encoder(name, { ...settings, length, width });
    const each = Array.from({ length: sizes.domains }, (_, x) => x);
    const domains = kinds.includes("domain")
      ? each.map((x) => make(`domain${x}`, sizes.domainLength))
      : [];
    const merged = kinds.includes("merged") ? make("merged", sizes.length) : undefined;
    const layers =
      settings.head === "product" ? each.map((x) => queryLayer(`query${x}`, kinds, width)) : [];
    const profiles =
      sizes.profileWidth > 0 ? each.map((x) => profileLayer(`query${x}`, profileAs, sizes)) : [];
    const encoders = merged ? [...domains, merged] : domains;
    return { domains, merged, layers, profiles, encoders };
  };
  const profileAs = settings.head === "product" ? "added" : "state";
  const usesIdra = ({ augmented }: ChunkSizes) =>
    augmented && settings.idra.weight > 0 && kinds.includes("domain");
  const usesCdrd = ({ domains }: ChunkSizes) =>
    settings.cdrd.weight > 0 && kinds.length === 2 && domains > 1;

  return {
    kind: "idst-cl",
    fitsLength: true,
    head: settings.head === "product" ? productHead : mlpHead(kinds.length),
    parameters: (sizes) => {
      const { encoders, layers, profiles } = partsOf(sizes);
      return [...encoders, ...layers, ...profiles].flatMap((part) => part.parameters);
    },
    masks: (sizes) => partsOf(sizes).encoders.flatMap((part) => part.masks),
    forward: (inputs, sizes) => {
      const { users, length, width } = sizes;
      const { domains: own, merged, layers, profiles } = partsOf(sizes);

      const ofDomains = own.map((part, x) => {
        const slots = slotsOf(inputs, x, usesIdra(sizes));
        const shape = slots.shape as [number, number, number];
        const items = lookUp(slots.reshape([users, -1]), inputs.vectors);
        const present = presenceOf(slots);
        const states = part.states({ ...inputs, items: items.reshape([...shape, width]), present });
        const at = inputs.domainStateAt.slice([], x, []);
        return { states, slots, atTargets: lookUp(at, states.slice([], 0, [], [])) };
      });
      const ofMerged = merged
        ?.states({
          ...inputs,
          items: lookUp(inputs.merged, inputs.vectors).reshape([users, 1, length, width]),
          present: presenceOf(inputs.merged).reshape([users, 1, length]),
        })
        .reshape([users, length, width]);
      const mergedAt = ofMerged && lookUp(inputs.stateAt, ofMerged);

      const queries = Array.from({ length: sizes.domains }, (_, x) => {
        const states = [ofDomains[x]?.atTargets, mergedAt].filter((state) => state !== undefined);
        const layer = layers[x];
        const query = layer?.forward(inputs.parameters, states);
        const profile = profiles[x]?.forward(inputs.parameters, inputs.profile!.slice([], x, []));
        if (query !== undefined) return profile === undefined ? query : query.add(profile);
        if (profile !== undefined) states.push(np.broadcastTo(profile, states[0]!.shape));
        return states.length === 1 ? states[0]! : np.concatenate(states, -1);
      });

      const last = (states: np.Array, variant: number) =>
        states.slice([], variant, sizes.domainLength - 1, []);
      /** [C]: whether there is an item. */
      const ends = (slots: np.Array, variant: number) =>
        presenceOf(slots.slice([], variant, sizes.domainLength - 1));
      const idraOf = ({ states, slots }: (typeof ofDomains)[number]) =>
        idra(
          {
            original: last(states, 0),
            augmented: last(states, 1),
            shuffled: last(states, 2),
            counts: ends(slots, 0).mul(ends(slots, 1)),
          },
          settings.idra.margin,
        );
      const nothing = np.zeros([users, width]);
      const where = (there: np.Array, state: np.Array) => state.mul(there.reshape([users, 1]));
      const representations = [
        ...Array.from({ length: sizes.domains }, (_, x) => {
          const of = ofDomains[x];
          if (of === undefined) return nothing;
          return where(ends(of.slots, 0), last(of.states, 0));
        }),
        ofMerged === undefined
          ? nothing
          : where(
              presenceOf(inputs.merged.slice([], length - 1)),
              ofMerged.slice([], length - 1, []),
            ),
      ];

      return {
        queries,
        terms: {
          ...(usesIdra(sizes) && {
            idra: ofDomains
              .map(idraOf)
              .reduce((sum, term) => sum.add(term))
              .mul(settings.idra.weight),
          }),
          ...(usesCdrd(sizes) &&
            mergedAt && {
              cdrd: cdrd(
                {
                  merged: mergedAt,
                  domains: ofDomains.map(({ atTargets }) => atTargets),
                  present: presenceOf(inputs.domainStateAt),
                  counts: np.greater(inputs.weight, 0).astype(np.float32),
                },
                settings.cdrd.temperature,
              ).mul(settings.cdrd.weight),
            }),
        },
        representations: np.stack(representations, 1),
      };
    },
  };
}

/** [C, V, X]: slots of a domain's sequence; with variants, of the augmented and the shuffled one too. */
function slotsOf(inputs: CrossDomainInputs, domain: number, variants: boolean): np.Array {
  const of = (slots: np.Array) => slots.slice([], [domain, domain + 1], []);
  if (!variants) return of(inputs.domains);
  return np.concatenate([of(inputs.domains), of(inputs.augmented!), of(inputs.shuffled!)], 1);
}
