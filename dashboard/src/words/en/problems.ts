/** For each kind of failure: what it is, and what to do. What the server saw stands below it in its own words. */
export const problems = {
  not_signed_in: { title: 'You are not signed in any more.', todo: 'Sign in again.' },
  forbidden: { title: 'Your role does not allow this.', todo: 'Ask an owner of the organisation.' },
  not_found: { title: 'There is no such thing, or you may not see it.', todo: 'Check the address, or go back.' },
  conflict: { title: 'It does not fit what is there.', todo: 'Change what you wrote and save again.' },
  changed_meanwhile: { title: 'Somebody else saved another version.', todo: 'Load it, then save again.' },
  version_wanted: { title: 'The page did not say which version it changed.', todo: 'Load the page again.' },
  malformed: { title: 'Something was written in a way that cannot be read.', todo: 'Mend it and save again.' },
  invalid: { title: 'Some values do not pass their checks.', todo: 'Mend them and save again.' },
  repeated_otherwise: { title: 'This was sent before, with other content.', todo: 'Load the page and do it again.' },
  being_answered: { title: 'The same request is still being answered.', todo: 'Wait a moment.' },
  too_many: { title: 'Too many requests in a short time.', todo: 'Wait a minute, then try again.' },
  not_set_up: { title: 'This installation is not set up for it.', todo: 'Ask whoever runs it.' },
  provider_failed: { title: 'The provider did not take it.', todo: 'Check the key and the account there.' },
  database_away: { title: 'The database does not answer.', todo: 'Try again in a moment; calls are still answered.' },
  fault: { title: 'Something is wrong with the server.', todo: 'Try again; if it stays, tell whoever runs it.' },
  unreachable: { title: 'The server cannot be reached.', todo: 'Check your connection, then try again.' },
  unreadable: { title: 'The server gave an answer that cannot be read.', todo: 'Try again in a moment.' },
};
export const crash = {
  title: 'This page broke.',
  todo: 'Load it again. If it breaks again, tell whoever runs this installation what you did.',
  reload: 'Load again',
};
