import type { Words } from '../en.ts';

export const ticketWords: Words['ticketWords'] = {
  intro: 'Ciò che agenti e persone hanno annotato da fare.',
  empty: 'Nessuna segnalazione corrisponde',
  emptyTodo:
    'Gli agenti aprono segnalazioni nelle chiamate, se la configurazione lo permette. Puoi anche aprirne una a mano.',
  search: 'Cerca nel titolo e nel testo',
  which: 'Quali',
  open: 'Aperte',
  closed: 'Chiuse',
  add: 'Apri una segnalazione',
  opened: 'La segnalazione è aperta.',
  kinds: { ticket: 'Segnalazione', message: 'Messaggio' },
  priority: 'Priorità',
  priorities: { low: 'Bassa', normal: 'Normale', high: 'Alta' },
  title: 'Titolo',
  body: 'Testo',
  contact: 'Contatto',
  contactHint: 'Come raggiungere chi ha chiesto: un numero, un indirizzo.',
  toCall: 'Alla chiamata',
  close: 'Chiudi',
  closeIt: (title) => `Chiudi la segnalazione “${title}”`,
  reopen: 'Riapri',
  reopenIt: (title) => `Riapri la segnalazione “${title}”`,
  closeDone: 'La segnalazione è chiusa.',
  reopenDone: 'La segnalazione è di nuovo aperta.',
};
