const look = `
.choices { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 1rem; padding: 0; border: 0; min-width: 0; }
.choices label { position: relative; display: inline-flex; align-items: center; min-height: 2.25rem;
  padding: .25rem .9rem; border: 1px solid var(--line); border-radius: 999px; background: var(--card);
  font-size: .9375rem; cursor: pointer; }
.choices label:hover { border-color: var(--accent); }
.choices input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.choices label:has(input:checked) { background: var(--accent); border-color: var(--accent); color: var(--paper); }
.choices label:has(input:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.panels > * + * { margin-top: 2rem; }
.choices + .choices { margin-top: -.4rem; }
`;

/**
 * Radio buttons show one panel at a time, without a script. Where `:has()` is unknown, and on paper, all
 * panels stand one below the other, each with its title.
 */
export function choices(longest: number): string {
  const rules = Array.from({ length: longest }, (_, i) => {
    const nth = `:nth-of-type(${i + 1})`;
    return `.switch:has(> .choices > label${nth} > input:checked) > .panels > :not(:nth-child(${i + 1})) { display: none; }`;
  });
  const toggles = Array.from({ length: longest }, (_, i) => {
    return `.toggles:has(.t${i}:not(:checked)) .c${i} { display: none; }`;
  });
  return `${look}
@supports selector(:has(*)) { @media screen {
.panel-title { display: none; }
.panels > * + * { margin-top: 0; }
${rules.join("\n")}
${toggles.join("\n")}
} }
@supports not selector(:has(*)) { .choices { display: none; } }
`;
}
