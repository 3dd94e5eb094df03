/** One line of the contract: a service of a provider, and how it is reached in a local run. */

import type { Providers } from '../../../dev/providers/server.ts';
import type { Language } from '../../../dev/providers/speech/language.ts';
import type { Kind } from '../../../shared/providers/provider.ts';
import type { CaseName, Expected, Journaled } from './cases.ts';

export interface Row {
  readonly provider: string;
  readonly kind: Kind;
  /** Named when a provider speaks more than one protocol; else its default one. */
  readonly model?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where the stand-in is. */
  readonly baseUrl: (urls: Providers['urls']) => string;
  /** What the stand-in calls this service in its script and its journal. */
  readonly standIn: Journaled;
  readonly language: Language;
  /** What the caller says (stt), asks (llm) or hears (tts); one that the stand-in knows. */
  readonly sentence: string;
  /** Where this service is not like the others of its kind, and why. */
  readonly unlike?: { readonly why: string; readonly expected: Partial<Record<CaseName, Expected>> };
}

export const titleOf = ({ provider, kind, model }: Row) =>
  `${provider} ${kind}${model === undefined ? '' : ` ${model}`}`;

/** Its own key for each case: the script and the journal of one tell nothing of another. */
export const keyOf = (row: Row, name: CaseName) =>
  `dev-${titleOf(row)}-${name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
