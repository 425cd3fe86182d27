import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Each player is a file of its own that only the player page loads; none of them gets smaller than this.
    chunkSizeWarningLimit: 1200,
  },
})
