/** What a shard lends to each of its calls: shared, without anything of a tenant's. */
import { RoomServiceClient, TwirpError } from 'livekit-server-sdk';
import type { Clock } from '../shared/clock.ts';
import type { Database } from '../shared/db.ts';
import type { RoomName } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import type { KeyRing } from '../shared/provider-keys.ts';
import type { ConfigCache } from './config-cache.ts';
import type { Leases } from './leases.ts';
import type { Notes } from './notes.ts';
import type { Outbox } from './outbox.ts';
import type { RecordingShelf } from './recordings.ts';
import type { Transfers } from './refer.ts';
import type { SpokenShelf } from './spoken-shelf.ts';
import type { TapeSpool } from './tape/spool.ts';
import type { Turns } from './turns.ts';
import type { ServerAccess } from './worker-protocol.ts';

export interface CallPlatform {
  readonly database: Database;
  /** Keeps records of ended calls while the database is away. */
  readonly outbox: Outbox;
  /** Keeps what is said in the calls of this shard while they last. */
  readonly leases: Leases;
  readonly notes: Notes;
  readonly numbers: ConfigCache;
  readonly rooms: Rooms;
  readonly transfers: Transfers;
  readonly recordings: RecordingShelf;
  readonly spoken: SpokenShelf;
  /** Keeps the tapes of recorded calls until the supervisor has sent them. */
  readonly tapes: TapeSpool;
  readonly turns: Turns;
  /** Opens provider keys. */
  readonly keyRing: KeyRing;
  /** Name under which this shard holds its calls in SQL: no two shards that ever ran share one. */
  readonly worker: string;
  readonly livekitUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Rooms {
  /** Ends the call of whoever is in the room: before the answer the caller hears busy. A room that is gone is fine. */
  delete(room: RoomName): Promise<void>;
}

const deleteDeadlineS = 5;

export function openRooms(server: ServerAccess): Rooms {
  const http = server.url.replace(/^ws/, 'http');
  const client = new RoomServiceClient(http, server.apiKey, server.apiSecret, { requestTimeout: deleteDeadlineS });
  return {
    async delete(room) {
      try {
        await client.deleteRoom(room);
      } catch (thrown) {
        if (!(thrown instanceof TwirpError && thrown.code === 'not_found')) throw thrown;
      }
    },
  };
}
