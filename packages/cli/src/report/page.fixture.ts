/** A page without its scripts: its own markup, and what came from outside. */
export function withoutScripts(page: string): string {
  return page.replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, "");
}

/** Text of a page as a reader sees it. */
export function textOf(page: string): string {
  return withoutScripts(page)
    .replaceAll(/<style>[\s\S]*?<\/style>/g, "")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
}
