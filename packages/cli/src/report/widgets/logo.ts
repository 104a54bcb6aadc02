import { html } from "../html.ts";

/** The ring with its two openings. */
export const LOGO = html`<svg
  width="22"
  height="22"
  viewBox="0 0 24 24"
  aria-hidden="true"
  fill="none"
  stroke="currentColor"
  stroke-width="3"
  stroke-linecap="round"
>
  <path d="M12 3a9 9 0 0 1 8.5 6" />
  <path d="M20.6 14.500a9 9 0 0 1-6.200 6.100" />
  <path d="M9.500 20.700A9 9 0 0 1 9 3.600" />
</svg>`;
