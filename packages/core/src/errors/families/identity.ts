import type { ErrorFamily } from "../family.ts";

export const identityErrors = {
  title: "Servers, clients and their keys",
  codes: {
    ADMIN_BIND: {
      meaning: "an admin server would listen where other machines reach it",
      wayOut:
        "Leave the admin server on 127.0.0.1 and come through SSH or a proxy, or allow the address explicitly.",
    },
    ADMIN_DENIED: {
      meaning: "an operator's request without the server's token, or its file is another user's",
      wayOut:
        "Type the command as the user that runs the server, or send the token of its file `admin-token`.",
    },
    ADMIN_PORT: {
      meaning: "an admin server cannot listen on its port",
      wayOut: "Choose another port with `--admin-port`, or another host.",
    },
    ADMIN_REQUEST: {
      meaning: "an operator's request is not what the server takes",
      wayOut:
        "Send what the message asks for; where a command of Atoll sent it, bring command and server to one version.",
    },
    ADMIN_TOKEN: {
      meaning: "the file of a server's admin token is damaged, or others may read it",
      wayOut: "Delete the file and start the server again, which makes a new one.",
    },
    CLIENT_REQUEST: {
      meaning: "a request for a certificate is malformed, or about another key",
      wayOut:
        "Let the client make its request itself with its own key; `atoll client join` and renewals do.",
    },
    CLIENT_REVOKED: {
      meaning: "a client's certificates were revoked",
      wayOut: "Invite the client again with `atoll server invite`, or submit the run without it.",
    },
    CLIENT_UNKNOWN: {
      meaning: "a client that a run needs is not enrolled",
      wayOut:
        "Invite the client with `atoll server invite` and let it join; `atoll status` lists those that have.",
    },
    CURVE_POINT: {
      meaning: "bytes that should be points of a curve are none",
      wayOut: "Run again, and look at what lies between the two if it goes on.",
    },
    IDENTITY_DAMAGED: {
      meaning: "a file of an identity is not what it should be",
      wayOut:
        "Put the folder back from a backup, or make it anew: a client joins with another invitation.",
    },
    IDENTITY_EXISTS: {
      meaning: "a folder for a new identity already holds one",
      wayOut: "Choose another folder, or use the server that it holds.",
    },
    IDENTITY_MISSING: {
      meaning: "a folder holds no identity: init or join was not run there",
      wayOut:
        "Run `atoll server init` or `atoll client join` there, or give the folder where that was done.",
    },
    IDENTITY_PERMISSIONS: {
      meaning: "a private key's file can be read by others",
      wayOut: "Type the `chmod` of the message, and renew the key if others use the machine.",
    },
    IDENTITY_REQUEST: {
      meaning: "a request for a certificate is none, or is not signed by its own key",
      wayOut:
        "Give host names and client names as the message says, and let `atoll client join` make the request.",
    },
    INVITATION_INVALID: {
      meaning: "an invitation is damaged, cut off or expired",
      wayOut: "Paste the whole line, or ask whoever runs the server for a new invitation.",
    },
  },
} satisfies ErrorFamily;
