import { html, type Html, type Slot } from "../html.ts";

export interface ScrollTableOptions {
  /** Names the scrolling frame for screen readers. */
  readonly label: string;
  readonly caption?: Slot;
  readonly className?: string;
  /** Headers become buttons where scripts run; cells count by `data-v`, else by what they show. */
  readonly sortable?: boolean;
}

/** A table that scrolls sideways inside its own frame, never with the page. */
export function scrollTable(
  rows: Slot,
  { label, caption, className, sortable = false }: ScrollTableOptions,
): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table${
    className !== undefined && html` class="${className}"`
  }${sortable && html` data-sortable`}>${
    caption !== undefined &&
    html`<caption>
      <span>${caption}</span>
    </caption>`
  }
${rows}</table></div>`;
}
