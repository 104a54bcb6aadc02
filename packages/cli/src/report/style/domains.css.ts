/** Points of users' representations, and what became of questions to a language model. */
export const domains = `
.scatter .plane { fill: none; stroke: var(--line); }
.cloud { opacity: .6; stroke: var(--card); stroke-width: .5; }
.legend .shape { flex: none; display: inline-block; }
.cosines td small { line-height: 1.3; }
#domains .notes + .markets { margin-top: .7rem; }
.answers-key { margin-top: 1.4rem; }
.key.accepted { background: var(--s1); } .key.dropped { background: var(--s2); }
.key.unasked { background: var(--faint); border: 1px solid var(--line); }
.item-words { margin-top: 1.4rem; }
.answers th[scope=row] { min-width: 6.8rem; }
.answers .bar-cell { width: 40%; min-width: 8rem; }
.share { width: 100%; height: .85rem; margin-top: .2rem; background: var(--faint); outline: 1px solid var(--line); }
.share .accepted { fill: var(--s1); } .share .dropped { fill: var(--s2); } .share .unasked { fill: none; }
.flag { font-weight: 620; color: var(--worse); }
`;
