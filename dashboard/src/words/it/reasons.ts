import type { ReasonCode } from '../../../../shared/reasons.ts';
import type { Words } from '../en.ts';

const known: Record<ReasonCode, readonly [name: string, sentence: string]> = {
  malformed_number: ['Numero errato', 'Il testo composto non è un numero di telefono né un interno.'],
  unknown_number: [
    'Numero sconosciuto',
    'Sulla piattaforma non c’è questo numero: aggiungilo, o controlla che cosa invia il centralino.',
  ],
  number_inactive: ['Numero spento', 'Il numero esiste ma è spento.'],
  organization_inactive: ['Organizzazione sospesa', 'L’organizzazione a cui appartiene il numero è sospesa.'],
  number_busy: ['Numero occupato', 'Tutte le linee di questo numero sono occupate.'],
  organization_busy: ['Organizzazione occupata', 'Tutte le linee dell’organizzazione sono occupate.'],
  pool_busy: ['Gruppo occupato', 'Tutte le linee del gruppo che serve l’organizzazione sono occupate.'],
  platform_busy: ['Piattaforma occupata', 'Tutte le linee della piattaforma sono occupate.'],
  organization_rate_limited: [
    'Troppe insieme',
    'Più nuove chiamate in un secondo di quante l’organizzazione possa ricevere.',
  ],
  outside_hours: ['Fuori orario', 'L’attività è chiusa e nel frattempo non vuole che si risponda.'],
  breaker_open: [
    'Interruttore aperto',
    'Le chiamate dell’organizzazione continuano a fallire, perciò per un po’ quelle nuove sono respinte: controlla chiavi e account dei fornitori.',
  ],
  pool_unavailable: ['Gruppo fermo', 'Nessun processo del gruppo che serve l’organizzazione è in funzione.'],
  no_worker: [
    'Nessun agente in tempo',
    'Nessun agente ha preso la chiamata in tempo: controlla che il gruppo sia in funzione e non pieno.',
  ],
  database_away: ['Banca dati assente', 'La banca dati non ha risposto, perciò nessuno sapeva di chi fosse il numero.'],
  config_missing: [
    'Nessun agente assegnato',
    'Il numero non ha un agente: assegnane uno al numero o scegline uno predefinito per l’organizzazione.',
  ],
  config_invalid: [
    'Configurazione non valida',
    'La configurazione del numero non supera i controlli: i problemi sono nel registro.',
  ],
  tenant_mismatch: [
    'Riassegnato nel frattempo',
    'Il numero ora appartiene a un’altra organizzazione da quella per cui la chiamata era ammessa.',
  ],
  provider_key_missing: [
    'Manca una chiave',
    'L’organizzazione non ha la chiave di un fornitore che il suo agente usa: aggiungila.',
  ],
  provider_unusable: [
    'Fornitore inutilizzabile',
    'Un fornitore di voce o linguaggio ha fallito prima della risposta: controlla la chiave, poi il fornitore.',
  ],
  agent_failed: ['Agente fallito', 'L’agente non è partito per questa chiamata: la causa è nel registro.'],
  caller_gave_up: ['Chiamante rinunciò', 'Il chiamante ha riagganciato prima della risposta.'],
  caller_hung_up: ['Chiamante riagganciò', 'Il chiamante ha riagganciato.'],
  agent_hung_up: ['Agente riagganciò', 'L’agente ha salutato e riagganciato.'],
  transferred: ['Trasferita', 'Il chiamante è stato messo in contatto con un’altra persona.'],
  closed: ['Chiuso', 'L’attività era chiusa: il chiamante lo ha saputo, ha lasciato un messaggio o è stato inoltrato.'],
  caller_silent: ['Chiamante muto', 'Il chiamante ha taciuto più a lungo di quanto il numero permetta.'],
  max_duration: ['Durata massima', 'La chiamata ha raggiunto la durata massima che il numero permette.'],
  media_lost: ['Chiamante sparito', 'Il chiamante è sparito: nessun audio e nessun saluto.'],
  provider_failed: [
    'Fornitore fallito',
    'Un fornitore di voce o linguaggio ha fallito e la chiamata non poteva continuare.',
  ],
  switched_off: ['Spento', 'Il numero o l’organizzazione sono stati spenti durante la chiamata.'],
  told_to_end: ['Chiusa a mano', 'La piattaforma ha chiesto all’agente di chiudere la chiamata.'],
  worker_lost: ['Processo perso', 'Il processo che teneva la chiamata è morto.'],
  drained: ['Processo fermato', 'Il processo è stato fermato e il tempo per finire le chiamate è scaduto.'],
  room_closed: ['Stanza chiusa', 'La stanza è stata chiusa dall’esterno durante la chiamata.'],
};

export const reasonWords: Words['reasonWords'] = {
  name: (code) => known[code][0],
  sentence: (code) => known[code][1],
  fixedBy: {
    caller: 'Può rimediare il chiamante.',
    tenant: 'Può rimediare la tua organizzazione.',
    owner: 'Può rimediare chi gestisce la piattaforma.',
    engineer: 'Può rimediare un tecnico.',
    nobody: '',
  },
};
