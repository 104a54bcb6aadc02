import { errorFamilies } from "@atoll/core/errors";

const capital = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** The page of error codes: a heading each, so that search and links find one. */
export function errorsPage(): string {
  const families = errorFamilies.map(({ title, codes }) => {
    const entries = Object.entries(codes).map(
      ([code, { meaning, wayOut }]) =>
        `### ${code}\n\n${capital(meaning)}.\n\n**What to do:** ${wayOut}\n`,
    );
    return `## ${title}\n\n${entries.join("\n")}`;
  });
  return `# Error codes

<!-- Made by \`npm run docs:reference\` from the catalogue of errors; change it there. -->

Every error that you can act on has a code. Its message names the client, the file or the setting, the value received, and the way out.
This page says what each code stands for and what to do, and so does \`atoll explain CODE\`.

${families.join("\n")}`;
}
