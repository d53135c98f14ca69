import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Names without hashes keep the committed build's differences in place; the
// server tells versions apart by ETag.
export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  // Scripts find each other beside themselves, wherever the server puts the build.
  experimental: { renderBuiltUrl: (_name, { hostType }) => (hostType === 'js' ? { relative: true } : undefined) },
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
        // Libraries apart from our own code, so that a change of ours leaves them be.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'tanstack', test: /node_modules\/@tanstack\/(?!.*virtual)/ },
            { name: 'codemirror', test: /node_modules\/(@codemirror|@marijn|style-mod|w3c-keyname|crelt)\// },
            { name: 'lezer', test: /node_modules\/@lezer\/|src\/editor\/parser/ },
            { name: 'radix', test: /node_modules\/(@radix-ui|@floating-ui|radix-ui|aria-hidden|react-remove-scroll|react-style-singleton|use-sidecar|use-callback-ref|get-nonce)/ },
            { name: 'marked', test: /node_modules\/marked\// },
            { name: 'uplot', test: /node_modules\/uplot\// },
            // By its own name it would take that of the script in public that sets the colours.
            { name: 'editor-theme', test: /src\/editor\/theme/ },
            // The last one: what it needs of the others stays theirs.
            { name: 'graphql', test: /node_modules\/(graphql|graphql-language-service|cm6-graphql|debounce-promise|nullthrows|vscode-languageserver-types)\// },
          ],
        },
      },
    },
  },
  server: { proxy: { '/ui/api': 'http://127.0.0.1:8443' } },
})
