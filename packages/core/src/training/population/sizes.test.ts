import { expect, test } from "vitest";
import { chunkSizesOf } from "./sizes.ts";

const usual = {
  users: 1,
  domains: 2,
  negatives: 1,
  width: 1,
  publicWidth: 0,
  learnedRows: true,
  profileWidth: 0,
  requestNumbers: 0,
};

test.each([
  // The last event, 4 of the merged sequence, and 3 of the other domain.
  { length: 4, domainLength: 3, liked: 0, own: 8, targets: 4 },
  // A domain's own sequence reaches 2 events further back than the merged one.
  { length: 3, domainLength: 5, liked: 0, own: 4 + 5 + 2, targets: 3 },
  { length: 4, domainLength: 3, liked: 2, own: 8 + 4, targets: 4 + 4 },
])("places for any user: %j", ({ own, targets, ...options }) => {
  expect(chunkSizesOf({ ...usual, ...options })).toMatchObject({
    own,
    targets,
    augmented: options.liked > 0,
  });
});
