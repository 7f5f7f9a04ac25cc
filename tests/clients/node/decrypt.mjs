// The AWS Encryption SDK for JavaScript, as AWS's guide to custom senders uses it, pointed at Poolhouse's KMS.

import { buildClient, CommitmentPolicy, KMS, KmsKeyringNode } from "@aws-crypto/client-node";
import { readFileSync } from "node:fs";

const { code, key, endpoint, credentials } = JSON.parse(readFileSync(0, "utf8"));
const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);
const clientProvider = (region) => new KMS({ region, endpoint, credentials });

async function main() {
  const keyring = new KmsKeyringNode({ keyIds: [key], clientProvider });
  const { plaintext, messageHeader } = await decrypt(keyring, Buffer.from(code, "base64"));
  return { result: { secret: plaintext.toString("utf8"), context: { ...messageHeader.encryptionContext } } };
}

main()
  .catch((failure) => ({ error: { code: failure.name, message: failure.message } }))
  .then((answer) => console.log(JSON.stringify(answer)));
