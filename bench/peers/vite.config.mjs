// One app of those here, named in the environment, with what the library has to know about the provider.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { oidcSpa } from 'oidc-spa/vite-plugin';
import { defineConfig } from 'vite';

const { BENCH_APP: app, BENCH_OUT: outDir, BENCH_ISSUER: issuer, BENCH_CLIENT: client } = process.env;
const root = fileURLToPath(new URL(`./${app}/`, import.meta.url));

export default defineConfig({
  root,
  clearScreen: false,
  logLevel: 'warn',
  define: { ISSUER: JSON.stringify(issuer), CLIENT: JSON.stringify(client) },
  oxc: { jsx: { runtime: 'automatic' } },
  plugins: app === 'oidc-spa' ? [oidcSpa()] : [],
  build: {
    outDir,
    emptyOutDir: true,
    reportCompressedSize: false,
    rollupOptions: { input: readdirSync(root).filter((name) => name.endsWith('.html')).map((name) => root + name) },
  },
});
