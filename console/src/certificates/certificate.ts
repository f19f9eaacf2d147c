/** What is told of a certificate in several places. */
import { classicHref } from "../classic/classic";
import { href } from "../routing/route";

/** Segment of the addresses of these pages. */
export const PLACE = "certificates";
export const CRUMB = { text: "Certificates", href: `#/${PLACE}` };

export const ACTIONS = [
  { id: "reimport", text: "Reimport certificate" },
  { id: "delete", text: "Delete certificate" },
];

export function certificateHref(arn: string, tab?: string): string {
  return href([PLACE, arn], tab ? { tab } : {});
}

export function reimportHref(arn: string): string {
  return href([PLACE, arn, "reimport"]);
}

/** The part of an ARN behind the last slash, which is what AWS calls the certificate's ID. */
export function idOf(arn: string | undefined): string {
  return arn?.split("/").at(-1) ?? "-";
}

const ALGORITHMS: Record<string, string> = {
  RSA_1024: "RSA 1024",
  RSA_2048: "RSA 2048",
  RSA_3072: "RSA 3072",
  RSA_4096: "RSA 4096",
  EC_prime256v1: "ECDSA P 256",
  EC_secp384r1: "ECDSA P 384",
  EC_secp521r1: "ECDSA P 521",
};

/** Describes and lists write these with an underscore or with a hyphen. */
export function algorithmOf(name: string | undefined): string {
  return ALGORITHMS[name?.replace("RSA-", "RSA_") ?? ""] ?? name ?? "-";
}

export function typeOf(type: string | undefined): string {
  if (type === "IMPORTED") return "Imported";
  return type === "AMAZON_ISSUED" ? "Issued by Elbow" : (type ?? "-");
}

/** Days before its end in which a certificate is pointed out. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** What there is to say of a certificate's dates. */
export function standing(notAfter: Date | undefined, now: Date): "issued" | "soon" | "expired" {
  if (!notAfter) return "issued";
  const days = (notAfter.getTime() - now.getTime()) / DAY_MS;
  if (days < 0) return "expired";
  return days < SOON_DAYS ? "soon" : "issued";
}

/** Names that were typed, one a line or between blanks and commas, each once. */
export function namesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** What the API refuses in a name. */
export function domainError(name: string): string | null {
  const labels = name.replace(/^\*\./, "").split(".");
  const isFine =
    labels.length > 1 && labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
  return isFine ? null : `'${name}' is no domain name such as shop.example.com or *.example.com.`;
}

/** What certainly is no PEM of that kind; what remains is the API's to refuse. */
export function pemError(text: string, what: "certificate" | "key"): string | null {
  const isCertificate = text.includes("-----BEGIN CERTIFICATE-----");
  const isKey = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(text);
  if (text.includes("ENCRYPTED")) return "The private key is encrypted: decrypt it first, with openssl pkey.";
  if (what === "certificate" && isKey) return "This is a private key: it belongs into the field for it.";
  if (what === "certificate" && !isCertificate) return "Paste text that begins with -----BEGIN CERTIFICATE-----.";
  if (what === "key" && !isKey) return "Paste text that begins with -----BEGIN PRIVATE KEY-----.";
  return null;
}

/** A name in X.500's words, and a place where the resource that uses a certificate is shown. */
export function userOf(arn: string): { name: string; href: string | null } {
  const [type, kind, name] = (arn.split(":")[5] ?? "").split("/");
  if (type === "loadbalancer" && kind === "app" && name) return { name, href: href(["load-balancers", arn]) };
  if (type === "loadbalancer" && kind) return { name: `${kind} (Classic)`, href: classicHref(kind) };
  return { name: arn, href: null };
}
