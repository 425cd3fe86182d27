import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Also where tests build it: development's form would carry this machine's paths.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    // The console, and the player alone for frames in other pages.
    rolldownOptions: {
      input: ['index.html', 'embed.html'].map((page) => `${import.meta.dirname}/${page}`),
    },
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Each player is a file of its own that only the player page loads; none of them gets smaller than this.
    chunkSizeWarningLimit: 1200,
  },
})
