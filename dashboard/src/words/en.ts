/** Every sentence of the pages, in English; what is here has to be in Italian too, or it does not compile. */
import { auditWords, referenceWords } from './en/audit.ts';
import { callWords, refusalWords } from './en/calls.ts';
import { common } from './en/common.ts';
import { editorWords, testCallWords } from './en/editor.ts';
import { healthWords, statisticsWords } from './en/figures.ts';
import { numberWords, organizationWords } from './en/numbers.ts';
import { keyWords, teamWords } from './en/people.ts';
import { priceWords } from './en/prices.ts';
import { probeWords } from './en/probe.ts';
import { crash, problems } from './en/problems.ts';
import { reasonWords } from './en/reasons.ts';
import { session, shell } from './en/shell.ts';
import { ticketWords } from './en/tickets.ts';

export const en = {
  common,
  problems,
  crash,
  reasonWords,
  shell,
  session,
  numberWords,
  organizationWords,
  editorWords,
  testCallWords,
  probeWords,
  priceWords,
  callWords,
  refusalWords,
  statisticsWords,
  healthWords,
  ticketWords,
  teamWords,
  keyWords,
  auditWords,
  referenceWords,
};

export type Words = typeof en;
