import { lax, nn, numpy as np } from "@jax-js/jax";
import { floats, integers, type Case } from "./agreement.laws.ts";

/*
 * The formulas that the models of this project are built from, small and plain, each to a scalar loss:
 * what compiles here compiles there. The sources are named with the models themselves.
 */
const mean = (x: np.Array) => np.mean(np.square(x));
const sigmoid = (x: np.Array) => nn.sigmoid(x);

/** Residual quantisation with a straight-through estimator and commitment, two levels. */
const residualQuantisation: Case = {
  fn: ({ x, encoder, codes1, codes2, decoder }) => {
    const z = np.matmul(x!, encoder!);
    let residual = z;
    let quantised = np.zeros(z.shape);
    let commitment = np.array(0);
    for (const codes of [codes1!, codes2!]) {
      const far = np
        .sum(np.square(residual), -1, { keepdims: true })
        .sub(np.matmul(residual, np.transpose(codes)).mul(2))
        .add(np.sum(np.square(codes), -1));
      const nearest = np.take(codes, np.argmin(far, -1), 0);
      commitment = commitment
        .add(np.mean(np.square(nearest.sub(lax.stopGradient(residual)))))
        .add(np.mean(np.square(lax.stopGradient(nearest).sub(residual))).mul(0.25));
      const through = residual.add(lax.stopGradient(nearest.sub(residual)));
      quantised = quantised.add(through);
      residual = residual.sub(lax.stopGradient(nearest));
    }
    const restored = np.matmul(quantised, decoder!);
    return { loss: np.mean(np.square(restored.sub(x!))).add(commitment.mul(0.5)) };
  },
  inputs: [
    floats("x", [7, 6]),
    floats("encoder", [6, 3]),
    floats("codes1", [5, 3]),
    floats("codes2", [5, 3]),
    floats("decoder", [3, 6]),
  ],
};

/** One layer of LightGCN on an edge list, and the BPR loss of triples. */
const graphConvolution: Case = {
  fn: ({ users, items, user, item, share, negative }) => {
    const toUsers = np.take(items!, item!, 0).mul(share!.reshape([-1, 1]));
    const toItems = np.take(users!, user!, 0).mul(share!.reshape([-1, 1]));
    const oneHot = (rows: np.Array, count: number) => nn.oneHot(rows, count);
    const u = users!.add(np.matmul(np.transpose(oneHot(user!, 4)), toUsers));
    const i = items!.add(np.matmul(np.transpose(oneHot(item!, 5)), toItems));
    const own = np.take(u, user!, 0);
    const score = (rows: np.Array) => np.sum(own.mul(np.take(i, rows, 0)), -1);
    return { loss: np.mean(nn.softplus(score(negative!).sub(score(item!)))) };
  },
  inputs: [
    floats("users", [4, 3], -1, 1),
    floats("items", [5, 3], -1, 1),
    floats("share", [9], 0.1, 1),
    integers("user", [9], 0, 4),
    integers("item", [9], 0, 5),
    integers("negative", [9], 0, 5),
  ],
};

/** Experts mixed by softmax gates, and a head that multiplies two probabilities (MMoE, PLE, ESMM). */
const gatedExperts: Case = {
  fn: ({ x, experts, gates, heads, y }) => {
    const outs = nn.relu(np.einsum("bi,eij->bej", x!, experts!));
    const logits = [0, 1].map((task) => {
      const share = nn.softmax(np.matmul(x!, gates!.slice(task)), -1);
      const mixed = np.sum(outs.mul(np.expandDims(share, -1)), 1);
      return np.sum(mixed.mul(heads!.slice(task)), -1);
    });
    const click = sigmoid(logits[0]!);
    const both = click.mul(sigmoid(logits[1]!));
    const entropy = (p: np.Array, t: np.Array) =>
      np.mean(
        t.mul(np.log(p.add(1e-6))).add(
          t
            .mul(-1)
            .add(1)
            .mul(np.log(p.mul(-1).add(1.000001))),
        ),
      );
    return {
      loss: entropy(click, y!)
        .add(entropy(both, y!.mul(y!)))
        .mul(-1),
    };
  },
  inputs: [
    floats("x", [6, 4]),
    floats("experts", [3, 4, 5]),
    floats("gates", [2, 4, 3]),
    floats("heads", [2, 5]),
    floats("y", [6], 0, 1),
  ],
};

/** AITM: attention between the previous task and this one. */
const taskTransfer: Case = {
  fn: ({ p, q, k, v, w }) => {
    const both = np.stack([p!, q!], 1);
    const scores = np.sum(np.matmul(both, k!).mul(np.matmul(both, w!)), -1).mul(1 / Math.sqrt(4));
    const mixed = np.sum(np.matmul(both, v!).mul(np.expandDims(nn.softmax(scores, -1), -1)), 1);
    return { loss: mean(mixed) };
  },
  inputs: ["p", "q"]
    .map((name) => floats(name, [5, 4]))
    .concat(["k", "v", "w"].map((name) => floats(name, [4, 4]))),
};

/** STAR: shared times domain weights; PEPNet: gates of 2 sigmoid that see the input without gradient. */
const scenarios: Case = {
  fn: ({ x, shared, own, sharedBias, ownBias, gate, scene }) => {
    const w = shared!.mul(own!);
    const hidden = nn.relu(np.matmul(x!, w).add(sharedBias!.add(ownBias!)));
    const prior = np.concatenate([scene!, lax.stopGradient(hidden)], -1);
    return { loss: mean(hidden.mul(sigmoid(np.matmul(prior, gate!)).mul(2))) };
  },
  inputs: [
    floats("x", [6, 4]),
    floats("shared", [4, 5]),
    floats("own", [4, 5], 0.5, 1.5),
    floats("sharedBias", [5]),
    floats("ownBias", [5]),
    floats("scene", [6, 2]),
    floats("gate", [7, 5]),
  ],
};

/** DIN: an MLP scores every element of the history; Dice as activation; a masked weighted sum. */
const interestNetwork: Case = {
  fn: ({ target, history, present, w, v, alpha }) => {
    const t = np.broadcastTo(np.expandDims(target!, 1), history!.shape);
    const all = np.concatenate([t, history!, t.sub(history!), t.mul(history!)], -1);
    const hidden = np.matmul(all, w!);
    const centred = hidden.sub(np.mean(hidden, [0, 1]));
    const p = sigmoid(
      centred.mul(np.reciprocal(np.sqrt(np.mean(np.square(centred), [0, 1]).add(1e-3)))),
    );
    const dice = hidden.mul(p).add(hidden.mul(alpha!).mul(p.mul(-1).add(1)));
    const scores = np.matmul(dice, v!).reshape([4, 6]).mul(present!);
    return { loss: mean(np.sum(history!.mul(np.expandDims(scores, -1)), 1)) };
  },
  inputs: [
    floats("target", [4, 3]),
    floats("history", [4, 6, 3]),
    floats("present", [4, 6], 0, 1),
    floats("w", [12, 5]),
    floats("v", [5, 1]),
    floats("alpha", [5], 0, 1),
  ],
};

/** DCN-Mix: low-rank crosses under a softmax gate. */
const mixedCross: Case = {
  fn: ({ x, u, c, v, gate, b }) => {
    const parts = [0, 1].map((k) => {
      const low = np.tanh(np.matmul(x!, v!.slice(k)));
      const back = np.matmul(np.tanh(np.matmul(low, c!.slice(k))), np.transpose(u!.slice(k)));
      return x!.mul(back.add(b!));
    });
    const share = nn.softmax(np.matmul(x!, gate!), -1);
    const mixed = np.sum(np.stack(parts, 1).mul(np.expandDims(share, -1)), 1);
    return { loss: mean(mixed.add(x!)) };
  },
  inputs: [
    floats("x", [5, 6], -1, 1),
    floats("u", [2, 6, 3], -1, 1),
    floats("c", [2, 3, 3], -1, 1),
    floats("v", [2, 6, 3], -1, 1),
    floats("gate", [6, 2], -1, 1),
    floats("b", [6]),
  ],
};

/** FinalMLP's bilinear fusion of two streams by heads, and MaskNet's instance-guided mask. */
const streamsAndMasks: Case = {
  fn: ({ x, y, w, up, down }) => {
    const mask = np.matmul(nn.relu(np.matmul(x!, up!)), down!);
    const masked = x!.mul(mask);
    const heads = (z: np.Array) => z.reshape([5, 2, 3]);
    const bilinear = np.einsum("bhi,hij,bhj->b", heads(masked), w!, heads(y!));
    return { loss: mean(bilinear) };
  },
  inputs: [
    floats("x", [5, 6], -1, 1),
    floats("y", [5, 6], -1, 1),
    floats("w", [2, 3, 3], -1, 1),
    floats("up", [6, 8], -1, 1),
    floats("down", [8, 6], -1, 1),
  ],
};

/** Next-item training: cross-entropy over all items at every position, padding not counted. */
const nextItem: Case = {
  fn: ({ hidden, items, next, present }) => {
    const logits = np.matmul(hidden!, np.transpose(items!));
    const logShares = nn.logSoftmax(logits, -1);
    const own = np.sum(logShares.mul(nn.oneHot(next!, 7)), -1);
    const loss = np.sum(own.mul(present!)).mul(np.reciprocal(np.sum(present!)));
    return { loss: loss.mul(-1) };
  },
  inputs: [
    floats("hidden", [3, 4, 5]),
    floats("items", [7, 5]),
    integers("next", [3, 4], 0, 7),
    floats("present", [3, 4], 0.1, 1),
  ],
};

/** Mutual information of a domain's summary with another's sequence, real against corrupted (C2DSR). */
const infomax: Case = {
  fn: ({ own, real, corrupted, bilinear }) => {
    const summary = np.mean(own!, 1);
    const score = (sequence: np.Array) =>
      np.sum(np.matmul(summary, bilinear!).mul(np.mean(sequence, 1)), -1);
    const loss = nn.softplus(score(real!).mul(-1)).add(nn.softplus(score(corrupted!)));
    return { loss: np.mean(loss) };
  },
  inputs: [
    floats("own", [4, 3, 5], -1, 1),
    floats("real", [4, 3, 5], -1, 1),
    floats("corrupted", [4, 3, 5], -1, 1),
    floats("bilinear", [5, 5], -1, 1),
  ],
};

/** A gated recurrent unit unrolled over a short sequence. */
const recurrent: Case = {
  fn: ({ x, w, u }) => {
    let h = np.zeros([4, 3]);
    for (let t = 0; t < 5; t++) {
      const step = x!.slice([], t);
      const part = (k: number) => np.matmul(step, w!.slice(k)).add(np.matmul(h, u!.slice(k)));
      const [reset, update] = [sigmoid(part(0)), sigmoid(part(1))];
      const fresh = np.tanh(np.matmul(step, w!.slice(2)).add(np.matmul(h.mul(reset), u!.slice(2))));
      h = h.mul(update).add(fresh.mul(update.mul(-1).add(1)));
    }
    return { loss: mean(h) };
  },
  inputs: [floats("x", [4, 5, 2]), floats("w", [3, 2, 3]), floats("u", [3, 3, 3])],
};

/** Sinkhorn's balancing of an assignment, in the log domain. */
const sinkhorn: Case = {
  fn: ({ far }) => {
    let log = far!.mul(-4);
    for (let round = 0; round < 6; round++)
      for (const axis of [1, 0]) log = log.sub(nn.logsumexp(log, axis, { keepdims: true }));
    return { loss: np.sum(np.exp(log).mul(far!)) };
  },
  inputs: [floats("far", [6, 6], 0, 2)],
};

export const buildingBlocks: Readonly<Record<string, Case>> = {
  "residual quantisation": residualQuantisation,
  "graph convolution and BPR": graphConvolution,
  "gated experts, two tasks": gatedExperts,
  "attention between tasks": taskTransfer,
  "scenario weights and gates": scenarios,
  "interest network": interestNetwork,
  "mixed crosses": mixedCross,
  "bilinear streams and masks": streamsAndMasks,
  "next item": nextItem,
  "mutual information": infomax,
  "recurrent unit": recurrent,
  "Sinkhorn balancing": sinkhorn,
};
