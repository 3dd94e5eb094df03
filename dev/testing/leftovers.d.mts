export function leftovers(testRun: string, settleMs?: number): Promise<{ pid: number; command: string }[]>;
