/**
 * LiveKit's SIP API in its own JSON. The server SDK cannot set every field of a new trunk or rule (maxCallDuration, for
 * one), so requests are sent as they stand.
 */
import { SIPDispatchRuleInfo, SIPInboundTrunkInfo } from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import { z } from 'zod';
import type { JsonObject } from '../shared/merge.ts';
import type { LivekitOptions } from './livekit.ts';

export type Fields = JsonObject;

export interface SipEntry {
  readonly id: string;
  /** As `normalized` gives them. */
  readonly fields: Fields;
}

/** All trunks, or all dispatch rules, of a LiveKit server. */
export interface SipEntries {
  list(): Promise<SipEntry[]>;
  create(fields: Fields): Promise<SipEntry>;
  replace(id: string, fields: Fields): Promise<void>;
  /** Names in camelCase, no fields at their default, neither id nor times. */
  normalized(fields: Fields): Fields;
}

interface Noun {
  readonly name: 'SIPInboundTrunk' | 'SIPDispatchRule';
  /** Field of the create request that holds the entry. */
  readonly wrapper: 'trunk' | 'dispatchRule';
  readonly idField: 'sipTrunkId' | 'sipDispatchRuleId';
  /** Reads either spelling of the names and gives camelCase back. */
  readonly reread: (json: JsonObject) => unknown;
}

const objectSchema = z.record(z.string(), z.json());
const listSchema = z.object({ items: z.array(objectSchema).default([]) });

export function connectSip(options: LivekitOptions): { readonly trunks: SipEntries; readonly rules: SipEntries } {
  const lenient = { ignoreUnknownFields: true };
  return {
    trunks: entriesOf(options, {
      name: 'SIPInboundTrunk',
      wrapper: 'trunk',
      idField: 'sipTrunkId',
      reread: (json) => SIPInboundTrunkInfo.fromJsonString(JSON.stringify(json), lenient).toJson(),
    }),
    rules: entriesOf(options, {
      name: 'SIPDispatchRule',
      wrapper: 'dispatchRule',
      idField: 'sipDispatchRuleId',
      reread: (json) => SIPDispatchRuleInfo.fromJsonString(JSON.stringify(json), lenient).toJson(),
    }),
  };
}

function entriesOf(options: LivekitOptions, noun: Noun): SipEntries {
  const toEntry = (json: JsonObject): SipEntry => {
    const { [noun.idField]: id, createdAt, updatedAt, ...fields } = objectSchema.parse(noun.reread(json));
    return { id: z.string().default('').parse(id), fields };
  };
  return {
    async list() {
      return listSchema.parse(await request(options, `List${noun.name}`, {})).items.map(toEntry);
    },
    async create(fields) {
      return toEntry(objectSchema.parse(await request(options, `Create${noun.name}`, { [noun.wrapper]: fields })));
    },
    async replace(id, fields) {
      await request(options, `Update${noun.name}`, { [noun.idField]: id, replace: fields });
    },
    normalized: (fields) => toEntry(fields).fields,
  };
}

async function request(options: LivekitOptions, method: string, body: Fields): Promise<unknown> {
  const url = `${options.url.replace(/^ws/, 'http')}/twirp/livekit.SIP/${method}`;
  const token = new AccessToken(options.apiKey, options.apiSecret);
  token.addSIPGrant({ admin: true });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token.toJwt()}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(options.deadlineMs),
  }).catch((thrown: unknown) => {
    throw new Error(`LiveKit does not answer at ${options.url}.`, { cause: thrown });
  });
  if (response.ok) return response.json();
  const problem = await response.text();
  if (problem.includes('sip not connected'))
    throw new Error('The LiveKit server offers no SIP API because it runs without Redis: give it a redis address.');
  throw new Error(`LiveKit refused ${method} (status ${response.status}): ${problem}`);
}
