/** The pages, as dispatch serves them: everything from one address, nothing inline, names that change with their content. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` runs dispatch. */
const dispatch = 'http://127.0.0.1:8090';

/** What every page needs comes in a few files; all else is loaded with the page that uses it. */
const groups = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// },
  { name: 'auth', test: /node_modules\/@supabase\// },
  { name: 'parts', test: /dashboard\/src\/(api|config|live|parts|words)\// },
];

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    // livekit-client alone is as large; it is loaded by who calls or listens in.
    chunkSizeWarningLimit: 550,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: { proxy: { '/api/v1': dispatch, '/auth/v1': dispatch } },
});
