import type { ErrorFamily } from "../family.ts";

export const deploymentErrors = {
  title: "Runs over silos",
  codes: {
    DEPLOY_PARTIES: {
      meaning:
        "clients and the parties of a method do not fit together, or every method needs everybody's rows",
      wayOut:
        "Name clients and federated methods that fit each other; the message says which do not.",
    },
    DISK_FULL: {
      meaning: "a disk has no space left for what should be stored",
      wayOut:
        "Free some space or move the folder to a larger disk; the work goes on where it stopped.",
    },
    JOB_INVALID: {
      meaning: "a job is none that this version of the software understands, or contradicts itself",
      wayOut: "Run the same version of the software on both sides.",
    },
    JOB_UNKNOWN: {
      meaning: "a silo is asked about a run whose job it does not have, or has forgotten",
      wayOut:
        "Submit the run anew; for a review give a file that exists, or the id of a run that came.",
    },
    MESSAGE_MALFORMED: {
      meaning: "bytes are not a message, or not a whole one",
      wayOut: "Run the same version everywhere, and run again if bytes were damaged on their way.",
    },
    MESSAGE_UNDECLARED: {
      meaning: "a message carries what its stage does not declare, or comes out of turn",
      wayOut:
        "Run the same version and the same experiment everywhere; in a method of your own, declare what it sends.",
    },
    POLICY_REFUSED: {
      meaning: "a silo's policy does not allow what a job asks for",
      wayOut: "Change the job, or ask the silo's people to allow it in their policy.",
    },
    PROGRAM_NOT_ALLOWED: {
      meaning: "a program has a hash that a silo's policy does not name",
      wayOut: "Add the hash to `programs` in the policy file, or leave the job out.",
    },
    RECORD_ELSEWHERE: {
      meaning: "a server that does not run keeps its record in a database that is not named",
      wayOut: "Start the server, or name its database with `--record`.",
    },
    RECORD_LOCKED: {
      meaning: "the record of runs is in use by another server",
      wayOut: "Stop the server that uses it, or give this one another folder or database.",
    },
    RECORD_NEWER: {
      meaning: "the record of runs was written by a newer Atoll",
      wayOut: "Take the Atoll that wrote the record, or a newer one.",
    },
    RECORD_UNREACHABLE: {
      meaning: "the database of the record cannot be reached",
      wayOut: "See that PostgreSQL runs at that address and accepts connections.",
    },
    RECORD_UNUSABLE: {
      meaning: "the database of the record refuses, is damaged, or is one of something else",
      wayOut:
        "Do what the message says about the database or the file, such as its permissions or a good copy.",
    },
    ROUNDS_EXCEEDED: {
      meaning: "a server asks a silo for more rounds than the job's experiment can have",
      wayOut: "Submit an experiment with as many rounds as are needed.",
    },
    ROUND_LOST: {
      meaning: "a client cannot answer, and the round cannot do without it",
      wayOut: "Mend what the client's message says, and submit the run anew.",
    },
    RUN_CANCELLED: {
      meaning: "a run was cancelled while it went on",
      wayOut: "Submit the run anew if it is wanted after all.",
    },
    RUN_DIVERGED: {
      meaning: "a request or a round made again after a restart is another one than before",
      wayOut: "Submit the run anew, under another id.",
    },
    RUN_ENDED: {
      meaning: "a run is done, failed or cancelled, and nothing is added to it",
      wayOut: "Submit the run anew.",
    },
    RUN_REFUSED: {
      meaning: "a client refused a run's job",
      wayOut: "Change the experiment as the clients' words say, or leave these clients out.",
    },
    RUN_UNKNOWN: {
      meaning: "a run that does not exist, has ended, or is not this client's",
      wayOut: "Look the run up with `atoll runs`.",
    },
    SERVER_DOWN: {
      meaning: "no server answers at the address of its admin server, or another program does",
      wayOut:
        "Start the server with `atoll server run`, or give the folder or address where it runs.",
    },
    SILO_ERROR: {
      meaning: "something is wrong in a silo that it keeps to itself; its own log says what",
      wayOut: "Ask the silo's people what their log says.",
    },
    SILO_LOCKED: {
      meaning: "another process works in a silo's folder",
      wayOut: "Stop the other process, or give this one a folder of its own.",
    },
    STATE_AHEAD: {
      meaning:
        "a server asks a silo for what comes before its state; the server's record is an old one",
      wayOut: "Put the server's last record back, or submit a new run.",
    },
  },
} satisfies ErrorFamily;
