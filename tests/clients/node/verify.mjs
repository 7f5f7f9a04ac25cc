// aws-jwt-verify: its generic verifier, because its Cognito verifier knows only AWS's issuer. The keys are handed to it:
// its own fetcher is https only.
import { readFileSync } from "node:fs";
import { JwtRsaVerifier } from "aws-jwt-verify";

const input = JSON.parse(readFileSync(0, "utf8"));
const jwksUri = `${input.issuer}/.well-known/jwks.json`;
const jwks = await (await fetch(jwksUri)).json();

const check = async (token, options) => {
  const verifier = JwtRsaVerifier.create({ issuer: input.issuer, jwksUri, ...options });
  verifier.cacheJwks(jwks);
  try {
    return { claims: await verifier.verify(token) };
  } catch (error) {
    return { error: error.constructor.name };
  }
};

console.log(
  JSON.stringify({
    result: await Promise.all(input.checks.map(({ token, audience }) => check(token, { audience }))),
  }),
);
