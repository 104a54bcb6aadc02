import { EPSILON, localName, MODES, NOISELESS } from "../fedcctr/promises.ts";
import { RECENCY_TITLE, TITLE } from "../fedcctr/variants.ts";

/** One set of real rows, and the run that compares methods on it. */
export interface AnsweredSet {
  readonly title: string;
  /** `<page>/<run>`. */
  readonly run: string;
  /** Who the clients are, and what is asked of a model. */
  readonly about: string;
}

export const SETS: readonly AnsweredSet[] = [
  {
    title: "XMarket: seven markets",
    run: "fedmm/main",
    about:
      "Clients are seven countries of a shop; a held-out purchase is ranked among items that the user did not take.",
  },
  {
    title: "Criteo: scenarios by hash_15",
    run: "pf-msmtrec/criteo-hash15",
    about: "Clients are scenarios of one advertiser network; clicks and sales.",
  },
  {
    title: "Criteo: scenarios by hash_18",
    run: "pf-msmtrec/criteo-hash18",
    about: "The same rows, divided by another feature: fewer and more unequal scenarios.",
  },
  {
    title: "JD and Tmall",
    run: "pf-msmtrec/jd-tmall",
    about: "Clients are two shops; engagement and purchases.",
  },
  {
    title: "Food and Kitchen: two domains",
    run: "fedcctr/main",
    about:
      "Clients are users; models are asked in two domains for the last event of each user, among 999 other items.",
  },
  {
    title: "Game and Toy: two domains",
    run: "fedcctr/game-toy",
    about: "As Food and Kitchen; times and titles are not known.",
  },
];

/** What a promise to users costs: the run, and its rows from none to the strictest. */
export const PROMISES = {
  run: "fedcctr/privacy",
  title: TITLE,
  noiseless: NOISELESS,
  methods: [TITLE, RECENCY_TITLE, ...MODES.map(({ name }) => String(name))],
  epsilon: EPSILON,
  local: localName(1),
} as const;
