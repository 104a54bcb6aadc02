/** What the commands of deployment say, in one place. */
export const deploymentText = {
  serverMade: (directory: string, { fingerprint, hosts }: { fingerprint: string; hosts: string }) =>
    [
      `Made a server in ${directory}, for ${hosts}.`,
      `Its fingerprint: ${fingerprint}`,
      "",
      "Keys lie in that folder: keep it to yourself, and keep a backup. Next:",
      `  atoll server run ${directory}              # leave it running`,
      `  atoll server invite ${directory} CLIENT    # in another terminal, once for each silo`,
      `  atoll submit EXPERIMENT --server ${directory} --follow`,
    ].join("\n"),
  serverRuns: (directory: string, { addresses, admin }: { addresses: string; admin: string }) =>
    [
      `The server of ${directory} runs. Clients reach it at ${addresses}`,
      `Commands of this machine and metrics: ${admin}`,
      "Ctrl-C stops it; runs go on where they were when it is started again.",
    ].join("\n"),
  stopping: "Stopping: what is on its way is written down. Ctrl-C again stops at once.",
  stopped: "Stopped. Nothing is lost; the same command goes on.",
  late: "It took too long to stop in order; stopped at once. Nothing is lost.",
  invited: (client: string, { until }: { until: string }) =>
    [
      `An invitation for "${client}", to be used once, until ${until}. It is a secret: send it to that silo's`,
      "people alone, over a channel that you trust. There they type",
      `  atoll client join INVITATION --dir ${/^[\w.-]+$/.test(client) ? client : "DIR"}`,
    ].join("\n"),
  revoked: (client: string) =>
    `"${client}" was revoked: none of its calls is answered any more. It can come back with a new invitation.`,
  natsWritten: (
    folders: readonly string[],
    { directory, place, tls }: { directory: string; place: string; tls: string },
  ) =>
    [
      `Wrote ${folders.join(", ")}. They hold keys; each goes to its machine, and there:`,
      "  nats-server -c nats.conf      # in that folder",
      "Then:",
      `  atoll server run ${directory} --nats ${place} --nats-tls ${tls}`,
      `  atoll client run DIR --data FOLDER --nats ${place}      # or the leaf node of its region`,
    ].join("\n"),
  noClients: (directory: string) =>
    `No client has joined yet; invite one: atoll server invite ${directory} CLIENT`,
  auditWhole: (count: number, { last }: { last: string }) =>
    `All ${count.toLocaleString("en-US")} entries follow from one another. The last one's hash: ${last}\nKeep that hash elsewhere: it shows later whether entries were cut off at the end.`,
  auditBroken: (number: number) =>
    `Entry ${number} does not follow from the one before: the log was changed at or before it.`,
  auditEmpty: "The log is empty.",
  joined: (client: string, { directory, policy }: { directory: string; policy: string }) =>
    [
      `Joined as "${client}". The key never leaves ${directory}.`,
      `What the server may ask for stands in ${policy}: read it, and change it to your needs. Next:`,
      `  atoll doctor ${directory}`,
      `  atoll client run ${directory} --data FOLDER    # the folder with this silo's files`,
    ].join("\n"),
  joinRetry: (message: string) => `Not yet: ${message}`,
  clientRuns: (client: string, { urls, data }: { urls: string; data: string }) =>
    [
      `Client "${client}" asks ${urls} for work; rows are read from ${data}.`,
      "Ctrl-C stops it; it goes on where it was when it is started again.",
    ].join("\n"),
  noData: (data: string) =>
    `there is no folder ${data}; name the folder with this silo's files, or an empty one where an experiment makes up its rows`,
  reviewAllowed: "The policy allows this job.",
  reviewRefused: "The policy refuses this job: it would not run here.",
  reviewProblem: (problem: string) => `Rows here do not suit this job: ${problem}`,
  submitted: (id: string, { server, rest }: { server: string; rest: string }) =>
    `Run ${id}\n${rest}Watch it with: atoll status ${server}, or atoll logs ${server} ${id.slice(0, 8)} --follow`,
  leftOut: (methods: readonly string[]) =>
    `Left out: ${methods.join(", ")}. ${methods.length === 1 ? "It needs" : "They need"} everybody's rows in one place, which no federation has.\n`,
  unwatched: (id: string, { server }: { server: string }) =>
    `\nNo longer watching; run ${id} goes on. See: atoll status ${server}`,
  ended: ({ id, state, reason }: { id: string; state: string; reason?: string | undefined }) =>
    `Run ${id} ${state === "failed" ? "failed" : `was ${state}`}${reason === undefined ? "." : `: ${reason}`}`,
  cancelled: (id: string) => `Run ${id} was cancelled; its clients forget it.`,
  alreadyEnded: (id: string, { state }: { state: string }) => `Run ${id} is ${state} already.`,
  noRuns: (directory: string) =>
    `No run yet; submit one: atoll submit EXPERIMENT --server ${directory}`,
  noResults: "No training has finished yet.",
  runUnknown: (name: string, { server }: { server: string }) =>
    `no run's id begins with "${name}"; \`atoll runs ${server}\` lists them`,
  runAmbiguous: (name: string, { ids }: { ids: string }) =>
    `several runs' ids begin with "${name}": ${ids}; give more of it`,
  doctorWell: "All is well.",
  doctorIll: (count: number) => `${count} ${count === 1 ? "check" : "checks"} failed.`,
} as const;
