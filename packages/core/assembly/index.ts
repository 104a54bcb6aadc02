export { adagrad, adagradRows, rowwiseAdagradRows } from "./adagrad";
export { adam, adamRows } from "./adam";
export { addTo } from "./add";
export { distinctRows, gatherBags, gatherRows, rowsOf, sumBags, sumRows } from "./lookup";
export { fillMask } from "./mask";
export { addPairGradients, addRowDecay, pairProducts } from "./pairs";
export { propagate, scaleRows } from "./propagate";
export { addProximal } from "./proximal";
export { sgd, sgdRows } from "./sgd";
