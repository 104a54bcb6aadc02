import { expect, test } from "vitest";
import type { BlobStore } from "../blobs/index.ts";
import { planSubmission } from "./submit.ts";

test("an experiment with extensions becomes no job: a job is data, never code", async () => {
  const experiment = { name: "tiny", extensions: ["./my-method.ts"], methods: ["mine"] };
  const blobs = {
    put: () => Promise.reject(new Error("a job was written")),
  } as unknown as BlobStore;
  const rounds = {} as Parameters<typeof planSubmission>[1]["rounds"];
  await expect(planSubmission("run-1", { experiment, rounds }, { blobs })).rejects.toMatchObject({
    code: "EXTENSION_DEPLOYED",
    message: expect.stringMatching(
      /^experiment "tiny" names the extensions \.\/my-method\.ts, but a job is data, never code: .* run it on one machine with atoll run, or remove extensions/,
    ),
  });
});
