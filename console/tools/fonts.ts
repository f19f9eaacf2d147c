import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const INLINE_FONT = /url\((["']?)data:font\/woff2;base64,([A-Za-z0-9+/=]+)\1\)/g;

/** Makes files of the fonts that are inline in style sheets: a page loads those that it shows, after it is seen. */
export function fontFiles(): Plugin {
  return {
    name: "font-files",
    apply: "build",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        const css = typeof file.source === "string" ? file.source : Buffer.from(file.source).toString();
        file.source = css.replace(INLINE_FONT, (_match, _quote: string, base64: string) => {
          const source = Buffer.from(base64, "base64");
          const name = `font-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.woff2`;
          this.emitFile({ type: "asset", fileName: `assets/${name}`, source });
          return `url(./${name})`;
        });
      }
    },
  };
}
