import { runApp } from "../packages/cli/src/app.ts";

async function help(words: readonly string[]): Promise<string> {
  let text = "";
  const stream = { write: (part: string) => void (text += part) };
  await runApp([...words, "--help"], {
    process: { stdout: stream, stderr: stream, exitCode: undefined },
    cwd: "/",
    columns: undefined,
    now: () => new Date(0),
    onInterrupt: () => () => {},
  });
  return text.trimEnd();
}

/** The commands below one that its help lists; none for one that does something itself. */
const below = (text: string) =>
  [...(/^COMMANDS\n((?: {2}.*\n?)+)/m.exec(text)?.[1] ?? "").matchAll(/^ {2}(\S+)/gm)].map(
    ([, name]) => name!,
  );

/** Every command that does something, with its help, as the command itself prints it. */
export async function commands(
  words: readonly string[] = [],
): Promise<{ name: string; help: string }[]> {
  const text = await help(words);
  const names = below(text);
  if (names.length === 0) return [{ name: `atoll ${words.join(" ")}`, help: text }];
  const found = [];
  for (const name of names) found.push(...(await commands([...words, name])));
  return found;
}

/** The page of commands. */
export async function commandsPage(): Promise<string> {
  const all = await commands();
  const brief = (text: string) => text.split("\n\n")[1] ?? "";
  return `# Every command

<!-- Made by \`npm run docs:reference\` from the commands' own help; change it there. -->

${all.map(({ name, help }) => `- [\`${name}\`](#${name.replaceAll(" ", "-")}): ${brief(help)}`).join("\n")}

A command ends with 0 when it is done, 1 when it failed, 2 when its words or an experiment are wrong, 130 when it was interrupted.

${all.map(({ name, help }) => `## ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`).join("\n")}`;
}
