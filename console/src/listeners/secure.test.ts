import { describe, expect, test } from "vitest";
import { isSecureWrong, NEW_SECURE, secureInput, typedSecure } from "./secure";

const CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/1";
const STORE = "arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/clients/1";
const SECURE = { ...NEW_SECURE, certificate: CERTIFICATE };

describe("how a listener is encrypted", () => {
  test("a new one says policy and certificate; client certificates only where they are wanted", () => {
    expect(secureInput(SECURE)).toEqual({
      SslPolicy: NEW_SECURE.policy,
      Certificates: [{ CertificateArn: CERTIFICATE }],
    });
    expect(secureInput({ ...SECURE, mode: "passthrough" }).MutualAuthentication).toEqual({ Mode: "passthrough" });
  });

  test("of a changed one only the change is sent", () => {
    expect(secureInput(SECURE, SECURE)).toEqual({});
    const verified = { ...SECURE, mode: "verify" as const, trustStore: STORE, advertisesNames: true };
    expect(secureInput(verified, SECURE)).toEqual({
      MutualAuthentication: {
        Mode: "verify",
        TrustStoreArn: STORE,
        IgnoreClientCertificateExpiry: false,
        AdvertiseTrustStoreCaNames: "on",
      },
    });
    expect(secureInput(SECURE, verified)).toEqual({ MutualAuthentication: { Mode: "off" } });
  });

  test("what the API tells is what the form has", () => {
    const MutualAuthentication = secureInput({ ...SECURE, mode: "verify", trustStore: STORE }).MutualAuthentication;
    const listener = { SslPolicy: "old", Certificates: [{ CertificateArn: CERTIFICATE }], MutualAuthentication };
    const typed = typedSecure(listener);
    expect(typed).toEqual({ ...SECURE, policy: "old", mode: "verify", trustStore: STORE });
    expect(typedSecure({})).toEqual(NEW_SECURE);
  });

  test("a certificate is needed, and a trust store to verify with", () => {
    expect(isSecureWrong(NEW_SECURE)).toBe(true);
    expect(isSecureWrong(SECURE)).toBe(false);
    expect(isSecureWrong({ ...SECURE, mode: "verify" })).toBe(true);
  });
});
