import type { Words } from '../en.ts';

export const problems: Words['problems'] = {
  not_signed_in: { title: 'L’accesso è scaduto.', todo: 'Accedi di nuovo.' },
  forbidden: { title: 'Il tuo ruolo non lo permette.', todo: 'Chiedi a un titolare dell’organizzazione.' },
  not_found: { title: 'Non esiste, oppure non puoi vederlo.', todo: 'Controlla l’indirizzo o torna indietro.' },
  conflict: { title: 'Non va d’accordo con ciò che c’è.', todo: 'Cambia ciò che hai scritto e salva di nuovo.' },
  changed_meanwhile: { title: 'Qualcun altro ha salvato un’altra versione.', todo: 'Caricala, poi salva di nuovo.' },
  version_wanted: { title: 'La pagina non ha detto quale versione ha cambiato.', todo: 'Ricarica la pagina.' },
  malformed: { title: 'Qualcosa è scritto in un modo che non si può leggere.', todo: 'Correggi e salva di nuovo.' },
  invalid: { title: 'Alcuni valori non superano i controlli.', todo: 'Correggili e salva di nuovo.' },
  repeated_otherwise: {
    title: 'Era già stato inviato, con un altro contenuto.',
    todo: 'Ricarica la pagina e riprova.',
  },
  being_answered: { title: 'La stessa richiesta è ancora in corso.', todo: 'Attendi un momento.' },
  too_many: { title: 'Troppe richieste in poco tempo.', todo: 'Attendi un minuto, poi riprova.' },
  not_set_up: { title: 'Questa installazione non è configurata per farlo.', todo: 'Chiedi a chi la gestisce.' },
  provider_failed: {
    title: 'Il fornitore non l’ha accettato.',
    todo: 'Controlla la chiave e l’account presso di lui.',
  },
  database_away: {
    title: 'La banca dati non risponde.',
    todo: 'Riprova tra un momento; le chiamate ricevono comunque risposta.',
  },
  fault: { title: 'Il server ha un problema.', todo: 'Riprova; se rimane, avvisa chi lo gestisce.' },
  unreachable: { title: 'Il server non è raggiungibile.', todo: 'Controlla la connessione, poi riprova.' },
  unreadable: { title: 'La risposta del server non si può leggere.', todo: 'Riprova tra un momento.' },
};
export const crash: Words['crash'] = {
  title: 'Questa pagina si è rotta.',
  todo: 'Ricaricala. Se si rompe ancora, di’ a chi gestisce l’installazione che cosa hai fatto.',
  reload: 'Ricarica',
};
