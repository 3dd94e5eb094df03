import type { Words } from '../en.ts';

export const auditWords: Words['auditWords'] = {
  intro: 'Chi ha cambiato che cosa, dal più recente; senza segreti.',
  empty: 'Non è stato annotato nulla',
  emptyTodo: 'Con questi filtri non c’è nulla.',
  action: 'Ciò che è stato fatto comincia con',
  actionHint: 'Per esempio number. o call.listened',
  target: 'Id di ciò che è cambiato',
  at: 'Quando',
  who: 'Chi',
  what: 'Che cosa',
  on: 'Su',
  change: 'Modifica',
  nothingKept: 'non si conserva altro',
};
export const referenceWords: Words['referenceWords'] = {
  intro: 'Che cosa possono fare qui i programmi. Invia una chiave dell’API come Authorization: Bearer swb_…',
  document: 'Il documento OpenAPI',
  search: 'Cerca operazioni',
  empty: 'Nessuna operazione corrisponde',
  scopes: 'Permessi',
  parameters: 'Parametri',
  parameter: 'Nome',
  place: 'Dove',
  required: 'Obbligatorio',
  type: 'Tipo',
  description: 'Descrizione',
  body: 'Che cosa si invia',
  responses: 'Che cosa si riceve',
  schemas: 'Schemi',
};
