const light = `
  --paper: #fbfbf9; --card: #ffffff; --ink: #15222c; --muted: #53616c; --line: #dde2e4;
  --faint: #f0f3f3; --accent: #0b5c70; --better: #1561a8; --worse: #b1450c; --even: #64717b;
  --better-wash: #e8f1fa; --worse-wash: #fbeee5;
  --s1: #1561a8; --s2: #c2560f; --s3: #0a8067; --s4: #8a4aa6; --s5: #98710a; --s6: #b23a6a;
  --s7: #4a6b1f; --s8: #3f4f8f; --s0: #64717b;
`;

const dark = `
  --paper: #10171c; --card: #161f25; --ink: #e5ebee; --muted: #a0b0ba; --line: #2b3840;
  --faint: #1c262d; --accent: #74c8d9; --better: #7ab8f5; --worse: #f39d62; --even: #98a6b0;
  --better-wash: #152a3d; --worse-wash: #38220f;
  --s1: #7ab8f5; --s2: #f39d62; --s3: #4cc9a8; --s4: #cf9be6; --s5: #dcb95a; --s6: #f089b1;
  --s7: #a6cc6e; --s8: #a5b4f0; --s0: #98a6b0;
`;

const paper = `
  --paper: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb; --faint: #f3f3f3;
  --even: #555555; --better-wash: #ffffff; --worse-wash: #ffffff;
`;

/**
 * Colours. Blue and orange stay apart for every common colour vision; each text colour has a contrast
 * of at least 4.5 on its background, in both schemes. The reader's own choice wins over the system's; paper
 * is white.
 */
export const theme = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${dark} } }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; ${dark} }
@media print { :root:root:root { color-scheme: light; ${light} ${paper} } }
`;
