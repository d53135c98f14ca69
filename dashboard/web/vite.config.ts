import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Names without hashes keep the committed build's differences in place; the
// server tells versions apart by ETag.
export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // Data URLs are no files that a CSP can name, and fonts come in many subsets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
  server: { proxy: { '/ui/api': 'http://127.0.0.1:8443' } },
})
