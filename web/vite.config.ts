import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Also where tests build it: development's form would carry this machine's paths.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Each player is a file of its own that only the player page loads; none of them gets smaller than this.
    chunkSizeWarningLimit: 1200,
  },
})
