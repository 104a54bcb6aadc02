/** Points of users' representations. */
export const domains = `
.scatter .plane { fill: none; stroke: var(--line); }
.cloud { opacity: .6; stroke: var(--card); stroke-width: .5; }
.legend .shape { flex: none; display: inline-block; }
.cosines td small { line-height: 1.3; }
#domains .notes + .markets { margin-top: .7rem; }
.flag { font-weight: 620; color: var(--worse); }
`;
