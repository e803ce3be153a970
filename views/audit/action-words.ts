/** What each deed is called among people. */
const WORDS: Readonly<Record<string, string>> = {
  "session.open": "signed in",
  "session.refused": "was refused: wrong key",
  "session.close": "signed out",
  "session.end": "ended a session",
  "session.end_others": "ended all other sessions",
  "admin_key.make": "made the admin's key",
  "viewer_key.make": "made the viewers' key",
  "viewer_key.remove": "removed the viewers' key",
  "enrolment.create": "made a code",
  "enrolment.cancel": "withdrew a code",
  "enrolment.reused": "showed a code that was used",
  "tunnel.begin": "began the tunnel",
  "tunnel.gateway": "set a gateway of the tunnel",
  "rig.enrol": "enrolled by a code",
  "rig.register": "registered a rig",
  "rig.rotate_key": "made a rig's new key",
  "rig.end_old_key": "ended a rig's old key",
  "rig.revoke": "revoked a rig",
  "rig.purge": "began to purge a rig",
  "rig.purged": "purged a rig",
  "quarantine.accepted": "accepted an event",
  "quarantine.discarded": "discarded an event",
  "quarantine.reopened": "took a decision back",
  "curation.run": "started curation",
  "epoch.raise": "had all rigs offer again",
  "event.recurate": "had an event curated again",
  "episode.separate": "took an event out of an episode",
  "episode.join": "put an event back into its episode",
};

export function actionWords(action: string): string {
  return WORDS[action] ?? action;
}
