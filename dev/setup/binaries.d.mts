type Env = Readonly<Record<string, string | undefined>>;

export const LIVEKIT_SERVER_VERSION: string;
export function cachedLivekitServer(env: Env): string;
export function findLivekitServer(env: Env): string | undefined;
export function findOnPath(command: string, env: Env): string | undefined;
export function isExecutable(path: string): boolean;
