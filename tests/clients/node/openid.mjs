// openid-client, one step at a time, as identity.mjs.
import { readFileSync } from "node:fs";
import * as client from "openid-client";

const input = JSON.parse(readFileSync(0, "utf8"));
const config = await client.discovery(new URL(input.issuer), input.clientId, input.clientSecret ?? undefined, undefined, {
  execute: [client.allowInsecureRequests],
});

const steps = {
  async begin() {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: input.redirectUri,
      scope: "openid email",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    return { url: url.href, verifier, state, nonce };
  },
  async exchange() {
    const tokens = await client.authorizationCodeGrant(config, new URL(input.landed), {
      pkceCodeVerifier: input.verifier,
      expectedState: input.state,
      expectedNonce: input.nonce,
    });
    const claims = tokens.claims();
    return { tokens, claims, user: await client.fetchUserInfo(config, tokens.access_token, claims.sub) };
  },
  refresh: () => client.refreshTokenGrant(config, input.refreshToken),
  async revoke() {
    await client.tokenRevocation(config, input.refreshToken);
    return {};
  },
  machine: () => client.clientCredentialsGrant(config, { scope: input.scope }),
  async metadata() {
    return config.serverMetadata();
  },
};

try {
  console.log(JSON.stringify({ result: await steps[process.argv[2]]() }));
} catch (error) {
  console.log(JSON.stringify({ error: { code: error.error ?? error.code ?? error.name, message: error.message } }));
}
