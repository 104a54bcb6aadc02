export { renderPage, type Page } from "./page.ts";
export { stillPage, type StillPage } from "./still-page.ts";
