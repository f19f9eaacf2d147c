/** How a listener of HTTPS is encrypted, as the form has it and as the API has it. */
import type { Listener, ModifyListenerCommandInput } from "@aws-sdk/client-elastic-load-balancing-v2";

export interface TypedSecure {
  policy: string;
  /** The ARN of the default certificate. */
  certificate: string;
  mode: Mode;
  /** For `verify`. */
  trustStore: string;
  ignoresExpiry: boolean;
  advertisesNames: boolean;
}

export type Mode = "off" | "passthrough" | "verify";

export const MODES: { value: Mode; label: string; description: string }[] = [
  { value: "off", label: "Off", description: "Clients are not asked for a certificate." },
  {
    value: "passthrough",
    label: "Passthrough",
    description: "Targets get the client's certificates in a header, and check them themselves.",
  },
  {
    value: "verify",
    label: "Verify with trust store",
    description: "Clients need a certificate that an authority of the trust store has issued.",
  },
];

export const NEW_SECURE: TypedSecure = {
  // What AWS's console begins with; over the API it is an older one.
  policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  certificate: "",
  mode: "off",
  trustStore: "",
  ignoresExpiry: false,
  advertisesNames: false,
};

export function typedSecure({ SslPolicy, Certificates, MutualAuthentication }: Listener): TypedSecure {
  if (!SslPolicy) return NEW_SECURE;
  const { Mode, TrustStoreArn, IgnoreClientCertificateExpiry, AdvertiseTrustStoreCaNames } = MutualAuthentication ?? {};
  return {
    policy: SslPolicy,
    certificate: Certificates?.[0]?.CertificateArn ?? "",
    mode: MODES.find(({ value }) => value === Mode)?.value ?? "off",
    trustStore: TrustStoreArn ?? "",
    ignoresExpiry: IgnoreClientCertificateExpiry ?? false,
    advertisesNames: AdvertiseTrustStoreCaNames === "on",
  };
}

type SecureInput = Pick<ModifyListenerCommandInput, "SslPolicy" | "Certificates" | "MutualAuthentication">;

/** What is to be sent: only what differs from `before`, where there is one. */
export function secureInput(after: TypedSecure, before?: TypedSecure): SecureInput {
  const client = JSON.stringify(clientCertificates(after));
  const clientBefore = JSON.stringify(clientCertificates(before ?? NEW_SECURE));
  return {
    ...(after.policy !== before?.policy && { SslPolicy: after.policy }),
    ...(after.certificate !== before?.certificate && { Certificates: [{ CertificateArn: after.certificate }] }),
    ...(client !== clientBefore && { MutualAuthentication: clientCertificates(after) }),
  };
}

export function isSecureWrong({ certificate, mode, trustStore }: TypedSecure): boolean {
  return certificate === "" || (mode === "verify" && trustStore === "");
}

export function modeLabel(mode: string | undefined): string {
  return MODES.find(({ value }) => value === mode)?.label ?? "Off";
}

function clientCertificates({ mode, trustStore, ignoresExpiry, advertisesNames }: TypedSecure) {
  if (mode !== "verify") return { Mode: mode };
  return {
    Mode: mode,
    TrustStoreArn: trustStore,
    IgnoreClientCertificateExpiry: ignoresExpiry,
    AdvertiseTrustStoreCaNames: advertisesNames ? ("on" as const) : ("off" as const),
  };
}
