import { existsSync, readFileSync } from 'node:fs';

/** The counts of vitest's JSON report. A file that could not even be loaded has no tests: it counts as one failure. */
export function readCounts(path) {
  if (!existsSync(path)) return { complete: false, passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    complete: true,
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
