import { expect, test } from "vitest";
import { html } from "./html.ts";

test("indentation of a template is no part of a page; what is put into it stays as it is", () => {
  const text = "a\n    b  c";
  expect(
    html`<ul>
      <li>${text}</li>
      <li>one two</li>
    </ul>`.markup,
  ).toBe(`<ul>\n<li>${text}</li>\n<li>one two</li>\n</ul>`);
});

test("text is escaped, markup and what is not there are not", () => {
  expect(
    html`<p>${"<i>"}${html`<b>${1}</b>`}${false}${undefined}${["&", html`-`]}</p>`.markup,
  ).toBe("<p>&lt;i&gt;<b>1</b>&amp;-</p>");
});
