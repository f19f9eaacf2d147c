/** Transforms of a rule as the form has them, and as the API has them. */
import type { RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";

export interface TypedRewrite {
  regex: string;
  replace: string;
}

/** At most one of each kind. */
export interface TypedTransforms {
  host?: TypedRewrite | undefined;
  url?: TypedRewrite | undefined;
}

export const NO_TRANSFORMS: TypedTransforms = {};
/** The most characters of an expression, and of what takes its place. */
const MOST_CHARS = 1024;

export function transformsInput({ host, url }: TypedTransforms): RuleTransform[] {
  return [
    ...(host ? [{ Type: "host-header-rewrite" as const, HostHeaderRewriteConfig: rewritesOf(host) }] : []),
    ...(url ? [{ Type: "url-rewrite" as const, UrlRewriteConfig: rewritesOf(url) }] : []),
  ];
}

export function typedTransforms(transforms: RuleTransform[] | undefined): TypedTransforms {
  return {
    host: rewriteIn(transforms?.find(({ Type }) => Type === "host-header-rewrite")?.HostHeaderRewriteConfig),
    url: rewriteIn(transforms?.find(({ Type }) => Type === "url-rewrite")?.UrlRewriteConfig),
  };
}

/** `Rewrite URL: ^/api/ by /`. */
export function transformLines(transforms: RuleTransform[] | undefined): string[] {
  const { host, url } = typedTransforms(transforms);
  return [
    ...(host ? [`Rewrite host header: ${host.regex} by ${host.replace || "nothing"}`] : []),
    ...(url ? [`Rewrite URL: ${url.regex} by ${url.replace || "nothing"}`] : []),
  ];
}

/** In the words of the API, which alone knows whether an expression is one. */
export function regexError({ regex }: TypedRewrite): string | null {
  const isFine = regex !== "" && Array.from(regex).length <= MOST_CHARS;
  return isFine ? null : `Regular expression '${regex}' must have between '1' and '${MOST_CHARS}' characters`;
}

/** In the words of the API. */
export function replaceError({ replace }: TypedRewrite): string | null {
  const isFine = replace.length <= MOST_CHARS && /^[!-~]*$/.test(replace);
  return isFine ? null : `Replacement '${replace}' must have at most '${MOST_CHARS}' visible ASCII characters`;
}

export function isTransformWrong({ host, url }: TypedTransforms): boolean {
  return [host, url].some((it) => it !== undefined && (regexError(it) !== null || replaceError(it) !== null));
}

function rewritesOf({ regex, replace }: TypedRewrite) {
  return { Rewrites: [{ Regex: regex, Replace: replace }] };
}

function rewriteIn(config: RuleTransform["UrlRewriteConfig"]): TypedRewrite | undefined {
  const rewrite = config?.Rewrites?.[0];
  return rewrite && { regex: rewrite.Regex ?? "", replace: rewrite.Replace ?? "" };
}
