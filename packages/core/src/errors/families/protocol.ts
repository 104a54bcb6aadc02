import type { ErrorFamily } from "../family.ts";

export const protocolErrors = {
  title: "Calls between clients and servers",
  codes: {
    ANSWER_FORGED: {
      meaning: "an answer is not signed by the server, or not the answer to what was asked",
      wayOut:
        "If it goes on, look at what lies between client and server, and join again if the server's key was changed.",
    },
    ANSWER_MALFORMED: {
      meaning: "a server's answer is not what its operation promises",
      wayOut: "Upgrade whichever of client and server is older.",
    },
    BLOB_CLAIM: {
      meaning: "a blob is claimed with no hash or no size, or a chunk lies outside of it",
      wayOut:
        "Run the same version on both sides; a blob is claimed by its SHA-256 and its size, and its chunks lie within.",
    },
    BLOB_DAMAGED: {
      meaning: "bytes do not have the hash that they were claimed with",
      wayOut: "Send or fetch it again; if that goes on, look at the disks of both sides.",
    },
    BLOB_MISSING: {
      meaning: "bytes that a call names are not there for this client",
      wayOut: "Send the blob again, or ask for orders again: a client does both by itself.",
    },
    BLOB_TOO_LARGE: {
      meaning: "a blob is claimed that is larger than what is taken",
      wayOut: "Send less, or have the limit raised by who runs the server.",
    },
    CALLER_UNKNOWN: {
      meaning: "who calls is not enrolled, was revoked, or signs with a key that is not its own",
      wayOut: "Ask who runs the server for a new invitation.",
    },
    CALL_INVALID: {
      meaning: "a call names an operation that there is not, or asks for it wrongly",
      wayOut: "Upgrade whichever of client and server is older.",
    },
    CARRIER_ADDRESS: {
      meaning: "an address is none that a carrier can reach, or listen at",
      wayOut:
        "Give an address like https://atoll.example.org:7443, or listen at an address of this machine and a free port above 1023.",
    },
    CARRIER_FAILED: {
      meaning: "a call went out and no answer came back; calling again is safe",
      wayOut:
        "Nothing, as it is asked for again; if it goes on, check the network with `atoll doctor`.",
    },
    CARRIER_FRAME_SIZE: {
      meaning: "a frame is larger than any carrier carries",
      wayOut: "Send it in chunks.",
    },
    CLOCK_SKEW: {
      meaning: "the clocks of a client and of the server differ by more than five minutes",
      wayOut: "Set the clock that is wrong, and let NTP keep both.",
    },
    FRAME_MALFORMED: {
      meaning: "bytes are not a frame of the protocol, or not a whole one",
      wayOut: "Check what lies between client and server, and that both run this software.",
    },
    NATS_PAYLOAD: {
      meaning: "a NATS server takes only messages that are smaller than frames",
      wayOut: "Set `max_payload: 2097152` in the NATS server's configuration.",
    },
    NATS_STREAM: {
      meaning: "a NATS server does not keep the stream that the coordinator needs",
      wayOut:
        "Give the NATS server JetStream and room on its disk, and its user for the coordinator the right to make streams.",
    },
    NATS_UNREACHABLE: {
      meaning: "no NATS server lets the coordinator in",
      wayOut:
        "Check the address, that the NATS server runs, and that its configuration knows the coordinator's certificate.",
    },
    REPLAYED: {
      meaning: "a call came a second time",
      wayOut: "Sign the call again with a new nonce: a client does so by itself.",
    },
    SERVER_BUSY: {
      meaning: "the server cannot answer now; calling again later is safe",
      wayOut:
        "Nothing, as a client calls again by itself; if it goes on, look at the server's disk and load.",
    },
    SERVER_ERROR: {
      meaning: "the server failed while it answered; its own log says why",
      wayOut: "Look into the server's log; calling again later is safe.",
    },
    SERVER_REFUSED: {
      meaning: "the server refused for a reason that this software has no code for",
      wayOut: "Upgrade this side, which does not know the code that the message names.",
    },
    SESSION_UNKNOWN: {
      meaning: "a call belongs to a session that has ended",
      wayOut: "Nothing, as a client says hello again by itself.",
    },
    SIGNATURE_INVALID: {
      meaning: "a call is not signed by the key that it names, or was changed on its way",
      wayOut:
        "Check what lies between client and server, and join again if the client's key is damaged.",
    },
    VERSION_UNSUPPORTED: {
      meaning: "client and server have no version of the protocol in common",
      wayOut: "Upgrade whichever of client and server is older.",
    },
  },
} satisfies ErrorFamily;
