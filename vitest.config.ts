import { defineConfig } from 'vitest/config';

/**
 * One project a folder, cheapest first. `real` projects start processes (livekit-server, Postgres, SIPp), so they run one
 * file at a time: on two cores two full stacks at once measure each other.
 */
const project = (name: string, real: boolean, globalSetup: string[] = []) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`, ...(name === 'unit' ? ['dashboard/tests/*.test.ts'] : [])],
    globalSetup,
    testTimeout: real ? 90_000 : 10_000,
    hookTimeout: real ? 120_000 : 10_000,
    fileParallelism: !real,
    sequence: {
      groupOrder: ['unit', 'guard', 'sql', 'line', 'providers', 'integration', 'pages', 'e2e'].indexOf(name),
    },
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', false),
      project('guard', false),
      project('sql', true, ['tests/support/postgres-cluster.ts']),
      project('line', true),
      project('providers', true),
      project('integration', true),
      project('pages', true),
      project('e2e', true),
    ],
  },
});
