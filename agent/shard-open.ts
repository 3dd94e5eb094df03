/** Puts a shard together from its settings. Loaded by shard-main.ts only after the patches that must come first. */
import { systemClock } from '../shared/clock.ts';
import type { AgentSettings } from '../shared/env.ts';
import type { Logger, LogOptions } from '../shared/log.ts';
import { installLibraryLog } from './call-context.ts';
import { ConfigCache } from './config-cache.ts';
import { sqlNumbers } from './config-source.ts';
import { openAgentDatabase } from './database.ts';
import { Leases } from './leases.ts';
import { Notes } from './notes.ts';
import { Outbox } from './outbox.ts';
import { patchRunning } from './patches/index.ts';
import { type CallPlatform, openRooms } from './platform.ts';
import { RecordingShelf } from './recordings.ts';
import { openTransfers } from './refer.ts';
import { rehearseRoom } from './rehearse-room.ts';
import { readRemembered, type SentRow } from './remembered-rows.ts';
import { Shard } from './shard.ts';
import { SpokenShelf } from './spoken-shelf.ts';
import { TapeSpool } from './tape/spool.ts';
import { Turns } from './turns.ts';
import { surviveExceptions } from './uncaught.ts';
import { ownVersion } from './version.ts';
import { warm, warmNative } from './warm.ts';

export interface ShardSurroundings {
  readonly log: Logger;
  readonly logOptions: LogOptions;
  /** Under this name the shard holds its calls in SQL. */
  readonly worker: string;
  /** What earlier shards knew of numbers. */
  readonly remembered: readonly SentRow[];
  /** A number was read and its configuration works. */
  onLearned(called: string, row: unknown): void;
  onRegistered(): void;
  onTainted(): void;
}

export async function openShard(
  settings: AgentSettings,
  { log, logOptions, worker, remembered, onLearned, onRegistered, onTainted }: ShardSurroundings,
): Promise<Shard> {
  installLibraryLog(logOptions);
  await warmNative();
  patchRunning(settings.AGENT_PATCHES, log);
  const server = {
    url: settings.LIVEKIT_URL,
    apiKey: settings.LIVEKIT_API_KEY,
    apiSecret: settings.LIVEKIT_API_SECRET,
  };
  const database = openAgentDatabase(settings);
  const source = sqlNumbers(database);
  const books = { database, worker, clock: systemClock, log };
  const platform: CallPlatform = {
    database,
    outbox: new Outbox(settings.AGENT_OUTBOX_DIR, systemClock),
    leases: new Leases(books),
    notes: new Notes(books),
    numbers: new ConfigCache({ source, clock: systemClock, log, remembered: readRemembered(remembered), onLearned }),
    rooms: openRooms(server),
    transfers: openTransfers(server),
    recordings: new RecordingShelf(),
    spoken: new SpokenShelf(settings.POOL_KEPT_SPEECH_MB),
    tapes: new TapeSpool(settings.AGENT_TAPE_DIR, systemClock),
    turns: new Turns(),
    keyRing: settings.PROVIDER_KEYS_SECRET,
    worker,
    livekitUrl: settings.LIVEKIT_URL,
    clock: systemClock,
    log,
  };
  await warm(() => rehearseRoom(server, platform.rooms), log);
  const shard = new Shard({
    pool: settings.AGENT_POOL,
    version: ownVersion(),
    server,
    mostSessions: settings.POOL_SESSIONS_PER_SHARD,
    platform,
    onRegistered,
  });
  surviveExceptions({ log, fail: (session, cause) => shard.fail(session, cause), onTainted });
  await shard.open();
  return shard;
}
