/** The browser's side of passkeys: what the server asks, what the device answers, binary values as base64url. */
import i18next from "i18next";
import { api, ask, json, tell } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { PasskeyAnswer } from "../api/types.ts";

/** Browsers offer passkeys on https (and on this machine), and only to names: never to a number. */
export const passkeysHere = (): boolean =>
  typeof PublicKeyCredential !== "undefined" && !/^[\d.]+$|^\[/.test(location.hostname);

interface Question<Options> {
  challenge: string;
  options: Options;
}
interface Listed {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}
type CreationOptions = Omit<
  PublicKeyCredentialCreationOptions,
  "challenge" | "user" | "excludeCredentials"
> & {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Listed[];
};
type RequestOptions = Omit<PublicKeyCredentialRequestOptions, "challenge" | "allowCredentials"> & {
  challenge: string;
};

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function base64url(bytes: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What the device says when it does not: mostly that the person thought better of it. */
function refusal(thrown: unknown): Problem {
  const known = thrown instanceof DOMException && thrown.name === "InvalidStateError";
  const detail = i18next.t(known ? "passkey.known" : "passkey.cancelled", { ns: "session" });
  return new Problem({ code: "passkey_cancelled", status: 0, detail });
}

async function fromDevice(call: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const made = await call.catch((thrown: unknown) => {
    throw refusal(thrown);
  });
  if (made instanceof PublicKeyCredential) return made;
  throw refusal(undefined);
}

const answer = (challenge: string, made: PublicKeyCredential, response: object): PasskeyAnswer => ({
  challenge,
  credential: json({
    id: made.id,
    rawId: base64url(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: { credProps: made.getClientExtensionResults().credProps },
  }),
});

/** The device signs with whichever passkey the person picks. */
export async function signWithPasskey(): Promise<PasskeyAnswer> {
  const { challenge, options } = await tell<Question<RequestOptions>>(
    api.POST("/session/passkey/challenge"),
  );
  const publicKey = { ...options, challenge: bytesOf(options.challenge) };
  const made = await fromDevice(
    navigator.credentials.get({ publicKey: { ...publicKey, allowCredentials: [] } }),
  );
  const said = made.response as AuthenticatorAssertionResponse;
  return answer(challenge, made, {
    authenticatorData: base64url(said.authenticatorData),
    clientDataJSON: base64url(said.clientDataJSON),
    signature: base64url(said.signature),
    userHandle: said.userHandle && base64url(said.userHandle),
  });
}

export interface Both {
  password: string;
  code?: string;
  passkey?: PasskeyAnswer;
}

/** The device makes a new passkey, and the server keeps its public half. */
export async function makePasskey(name: string, both: Both) {
  const { challenge, options } = await tell<Question<CreationOptions>>(
    api.POST("/session/passkeys/begin", { body: both }),
  );
  const made = await fromDevice(
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytesOf(options.challenge),
        user: { ...options.user, id: bytesOf(options.user.id) },
        excludeCredentials: (options.excludeCredentials ?? []).map((one) => ({
          ...one,
          id: bytesOf(one.id),
        })),
      },
    }),
  );
  const said = made.response as AuthenticatorAttestationResponse;
  const shown = answer(challenge, made, {
    attestationObject: base64url(said.attestationObject),
    clientDataJSON: base64url(said.clientDataJSON),
  });
  return ask(api.POST("/session/passkeys", { body: { name, answer: shown } }));
}
