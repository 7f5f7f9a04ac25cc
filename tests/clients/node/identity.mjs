// amazon-cognito-identity-js, one step at a time: `node identity.mjs <step>` with its input on stdin, its answer on stdout.
import { readFileSync } from "node:fs";
import {
  AuthenticationDetails,
  CognitoAccessToken,
  CognitoIdToken,
  CognitoRefreshToken,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
  CognitoUserSession,
} from "amazon-cognito-identity-js";

const input = JSON.parse(readFileSync(0, "utf8"));
const memory = new Map();
const Storage = {
  setItem: (key, value) => memory.set(key, value),
  getItem: (key) => memory.get(key) ?? null,
  removeItem: (key) => memory.delete(key),
  clear: () => memory.clear(),
};
const pool = new CognitoUserPool({
  UserPoolId: input.poolId,
  ClientId: input.clientId,
  endpoint: input.endpoint,
  Storage,
});
const user = new CognitoUser({ Username: input.username, Pool: pool, Storage });

const call = (start) =>
  new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(result))));

const tokens = (session) => ({
  access: session.getAccessToken().getJwtToken(),
  id: session.getIdToken().getJwtToken(),
  refresh: session.getRefreshToken().getToken(),
});

const signedIn = () =>
  user.setSignInUserSession(
    new CognitoUserSession({
      AccessToken: new CognitoAccessToken({ AccessToken: input.tokens.access }),
      IdToken: new CognitoIdToken({ IdToken: input.tokens.id }),
      RefreshToken: new CognitoRefreshToken({ RefreshToken: input.tokens.refresh }),
    }),
  );

const authenticate = () =>
  new Promise((resolve, reject) =>
    user.authenticateUser(new AuthenticationDetails({ Username: input.username, Password: input.password }), {
      onSuccess: (session) => resolve({ tokens: tokens(session) }),
      onFailure: reject,
      newPasswordRequired: () =>
        user.completeNewPasswordChallenge(input.newPassword, {}, {
          onSuccess: (session) => resolve({ tokens: tokens(session) }),
          onFailure: reject,
        }),
      totpRequired: () =>
        user.sendMFACode(
          input.code,
          { onSuccess: (session) => resolve({ tokens: tokens(session), totp: true }), onFailure: reject },
          "SOFTWARE_TOKEN_MFA",
        ),
    }),
  );

const steps = {
  signUp: () =>
    call((done) =>
      pool.signUp(
        input.username,
        input.password,
        [new CognitoUserAttribute({ Name: "email", Value: input.email })],
        null,
        done,
      ),
    ).then((result) => ({ sub: result.userSub, confirmed: result.userConfirmed })),
  confirm: () => call((done) => user.confirmRegistration(input.code, false, done)),
  resend: () => call((done) => user.resendConfirmationCode(done)),
  authenticate,
  attributes: () => {
    signedIn();
    return call((done) => user.getUserAttributes(done)).then((list) =>
      Object.fromEntries(list.map((attribute) => [attribute.getName(), attribute.getValue()])),
    );
  },
  associate: () => {
    signedIn();
    return new Promise((resolve, reject) =>
      user.associateSoftwareToken({ associateSecretCode: (secret) => resolve({ secret }), onFailure: reject }),
    );
  },
  verify: () => {
    signedIn();
    return new Promise((resolve, reject) =>
      user.verifySoftwareToken(input.code, "Phone", { onSuccess: () => resolve({}), onFailure: reject }),
    );
  },
  preferTotp: () => {
    signedIn();
    // The library sends SMSMfaSettings: null.
    return call((done) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, done));
  },
  changePassword: () => {
    signedIn();
    return call((done) => user.changePassword(input.password, input.newPassword, done));
  },
  refresh: () => {
    signedIn();
    const token = new CognitoRefreshToken({ RefreshToken: input.tokens.refresh });
    return call((done) => user.refreshSession(token, done)).then((session) => ({ tokens: tokens(session) }));
  },
  forgot: () =>
    new Promise((resolve, reject) =>
      user.forgotPassword({ inputVerificationCode: (data) => resolve(data.CodeDeliveryDetails), onFailure: reject }),
    ),
  reset: () =>
    new Promise((resolve, reject) =>
      user.confirmPassword(input.code, input.newPassword, { onSuccess: () => resolve({}), onFailure: reject }),
    ),
  globalSignOut: () => {
    signedIn();
    return new Promise((resolve, reject) =>
      user.globalSignOut({ onSuccess: () => resolve({}), onFailure: reject }),
    );
  },
};

try {
  console.log(JSON.stringify({ result: (await steps[process.argv[2]]()) ?? {} }));
} catch (error) {
  console.log(JSON.stringify({ error: { code: error.code ?? error.name, message: error.message } }));
}
