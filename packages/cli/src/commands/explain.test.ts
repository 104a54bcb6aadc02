import { expect, test } from "vitest";
import { catalogue } from "@atoll/core/errors";
import { ran } from "../cli.fixture.ts";

const explain = (...words: string[]) => ran("/", ["explain", ...words]);

test("a code as it is copied, in brackets or small letters, gives its meaning and its way out", async () => {
  const { meaning, wayOut } = catalogue.DATA_ZSTD;
  for (const word of ["DATA_ZSTD", "[DATA_ZSTD]", "data_zstd"])
    expect(await explain(word)).toEqual({
      stdout: `DATA_ZSTD: ${meaning}.\n${wayOut}\n`,
      stderr: "",
      exitCode: 0,
    });
});

test("a code that there is not is wrong usage, with the one that was meant", async () => {
  expect(await explain("DATA_GZIPP")).toEqual({
    stdout: "",
    stderr:
      'there is no error code "DATA_GZIPP"; did you mean DATA_GZIP? atoll explain lists them all\n',
    exitCode: 2,
  });
  expect((await explain("toString")).exitCode).toBe(2);
});

test("without a code it lists all of them, each with its meaning", async () => {
  const { stdout } = await explain();
  const listed = [...stdout.matchAll(/^ {2}([A-Z_]+) +(\S.*)$/gm)].map(([, code, said]) => [
    code,
    said,
  ]);
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(Object.entries(catalogue).map(([code, { meaning }]) => [code, meaning])),
  );
});
