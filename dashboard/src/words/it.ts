import type { Words } from './en.ts';
import { auditWords, referenceWords } from './it/audit.ts';
import { callWords, refusalWords } from './it/calls.ts';
import { common } from './it/common.ts';
import { editorWords, testCallWords } from './it/editor.ts';
import { healthWords, statisticsWords } from './it/figures.ts';
import { numberWords, organizationWords } from './it/numbers.ts';
import { keyWords, teamWords } from './it/people.ts';
import { priceWords } from './it/prices.ts';
import { probeWords } from './it/probe.ts';
import { crash, problems } from './it/problems.ts';
import { reasonWords } from './it/reasons.ts';
import { session, shell } from './it/shell.ts';
import { ticketWords } from './it/tickets.ts';

export const it: Words = {
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
