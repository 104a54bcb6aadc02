/** What a new silo starts with: every rule with its default, to be made stricter. */
export const defaultPolicyYaml = `# What jobs may do in this silo. It overrules every job: a job that asks for more does not run
# here, and the server learns only by which rules. \`atoll client review\` shows a job beside it.

# Kinds of methods that may run, such as [local, fedavg, pf-msmtrec].
methods: any

# SHA-256 of the experiments that may run; review tells a job's.
experiments: any

# SHA-256 of the ONNX programs that may run. Nothing executable is ever received: the silo
# compiles programs itself from the experiment's settings.
programs: any

# Columns that jobs may read, by their names in the files here: a list, or any. What is denied
# is never read. While any rule stands here, no job may bring SQL or its own columnNames. A job
# says how text is cut into columns: deny alone does not hold against one that cuts otherwise.
columns:
  allow: any
  deny: []

# Columns whose distinct values may leave, in clear, as the vocabulary of a shared feature: a list,
# any, or any-but-user. Which column is the user's the job says; a list holds whatever it says.
sharedColumns: any-but-user

# Training rows that a client needs before anything is learned of them.
minimumRows: 100

# true: every method must promise differential privacy. own: a promise that this silo keeps by
# itself, even against the server (dp-sgd or local). Needs maximumEpsilon, which says how much
# noise is enough.
requirePrivacy: false

# Columns whose values are public knowledge. Under requirePrivacy no job may share, or take for
# public, values of any other.
publicColumns: []

# What all trainings of one job may spend together, methods and seeds added up: a number, or one
# for each unit, such as { example: 8, user: 8, client: 16, vector: 8 }. Without it: no limit.
# maximumEpsilon: 8
maximumDelta: 0.00001

# Rounds of exchange of one method with one seed, and seeds.
maximumRounds: 1000
maximumSeeds: 10

# Bytes that leave the silo in one run: 10 GiB.
maximumBytesUp: 10737418240

# Whether a language model may be shown rows: off, local (one on this machine) or any.
augmentation: local
`;
