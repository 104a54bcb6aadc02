import { AtollError } from "@atoll/core/errors";

/** The best version that both speak; VERSION_UNSUPPORTED says which side to upgrade. */
export function commonVersion(client: readonly number[], server: readonly number[]): number {
  const common = server.filter((version) => client.includes(version));
  if (common.length > 0) return Math.max(...common);
  const older = Math.max(...client) < Math.max(...server) ? "client" : "server";
  throw new AtollError(
    "VERSION_UNSUPPORTED",
    `the client speaks ${named(client)} of the protocol, the server ${named(server)}; upgrade the ${older}`,
  );
}

const named = (versions: readonly number[]): string =>
  `${versions.length === 1 ? "version" : "versions"} ${versions.toSorted((a, b) => a - b).join(", ")}`;
