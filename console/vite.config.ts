import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./tools/compress";
import { fontFiles } from "./tools/fonts";

export default defineConfig({
  base: "./",
  plugins: [react(), fontFiles(), compress()],
  build: {
    outDir: "built/site",
    emptyOutDir: true,
    // Nothing inline: the page's policy allows files of its own server only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
