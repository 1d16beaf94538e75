// Keeps one file of a sketch as it is worked on. A text is in the browser's storage until the server has it, so that
// neither a crash nor a lost connection takes it away; two people on one file are told of each other.
import { ask, debounced, make, page, say, translated } from './page.js';
import zh from './zh.js';

translated(zh);

const QUIET = 1000; // after the last change
const AGAIN = 5000; // after a failure
const GONE = 'you are logged out, or the draft is gone. Load the page again: this browser keeps your work.';
const LONGEST = 60_000; // until an answer is given up

/**
 * A file of a sketch.
 *
 *   const file = open(page);
 *   const text = await file.load();          // the text, or what was not saved last time
 *   file.changed(async () => text);          // call at every change: saved a second after the last one
 *   await file.flush();                      // now
 *   file.settle = () => ...                  // before each save: turn what is half typed into a change
 *   file.onFindings = (findings) => ...      // after load and each save
 *   file.onConflict = ({ by, at, merge }) => ...
 *   file.onState = (state, answer) => ...    // saved, unsaved, saving, conflict, refused, failed
 */
export function open(given = page) {
  return new File(given);
}

class File {
  constructor(given) {
    this.page = given;
    this.revision = given.revision;
    this.key = `fundcase:${given.person}:${given.file}`;
    this.state = 'saved';
    this.changes = 0;
    this.sent = null; // a text that was sent and not answered: the server may have it or not
    this.settle = () => {};
    this.onState = showState;
    this.onConflict = showConflict;
    this.onFindings = () => {};
    this.later = debounced(() => this.flush(), QUIET);
    this.again = debounced(() => this.state === 'failed' && this.flush(), AGAIN);
    addEventListener('beforeunload', (event) => {
      if (this.state !== 'saved') event.preventDefault();
    });
    addEventListener('online', () => this.state === 'failed' && this.flush());
  }

  /** The text; what an earlier page could not save comes first, and is saved now. */
  async load() {
    const { text, revision } = await this.fetched();
    this.revision = revision;
    this.findings().catch(() => {});
    const kept = this.kept();
    if (!kept || kept.text === text || this.page.readonly) {
      this.forget();
      return text;
    }
    if (kept.sent !== text) this.revision = kept.revision;
    this.changed(() => kept.text);
    return kept.text;
  }

  /** The file as the server has it. */
  async fetched() {
    const answer = await fetch(this.page.file, { redirect: 'manual', cache: 'no-store' });
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    return { text: await answer.text(), revision: revisionOf(answer) ?? this.revision };
  }

  /** Say that the text has changed; `read` gives it once it is time to save. */
  changed(read) {
    if (this.page.readonly) return;
    this.read = read;
    this.changes += 1; // what comes while one is being saved is saved, too
    if (this.state !== 'conflict') this.become('unsaved');
    this.later();
  }

  /** Save what was changed; while one save is under way, or may not be tried, the browser keeps it. */
  async flush() {
    if (!this.read) return;
    if (this.busy || this.state === 'conflict') {
      this.keep(await this.read());
      return;
    }
    this.busy = this.put();
    await this.busy.finally(() => { this.busy = null; });
    if (this.state === 'unsaved') this.later();
  }

  async put() {
    this.settle();
    const changes = this.changes;
    const text = await this.read();
    this.keep(text);
    if (this.state !== 'conflict') this.become('saving');
    const answer = await this.sends(text).catch(() => null);
    const said = await answer?.json().catch(() => null);
    if (!answer || answer.status >= 500 || (answer.ok && !said)) return this.fail();
    this.sent = null;
    if (answer.status === 409 && said) return this.conflict(said, changes);
    if (answer.ok) this.took(text, said);
    if (this.changes !== changes) return this.become('unsaved');
    if (!said) return this.become('refused', { problem: say(GONE) });
    this.read = null;
    if (answer.ok) this.forget();
    this.become(answer.ok ? 'saved' : 'refused', said);
  }

  /** Send a text, as a change of what was seen; one that was sent before and has arrived was seen, too. */
  async sends(text) {
    if (this.sent !== null) {
      const there = await this.fetched();
      if (there.text === this.sent) this.revision = there.revision;
    }
    this.sent = text;
    return fetch(this.page.file, {
      method: 'PUT',
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST),
      headers: { 'If-Match': `"${this.revision}"`, 'X-CSRFToken': this.page.csrf, 'Content-Type': 'application/octet-stream' },
      body: text,
    });
  }

  took(text, said) {
    this.revision = said.revision;
    if (said.findings) this.onFindings(said.findings);
  }

  fail() {
    if (this.state !== 'conflict') this.become('failed');
    this.again();
  }

  conflict(said, changes) {
    this.refused = { changes, merge: said.merge };
    this.become('conflict', said);
    this.onConflict(said, this);
  }

  /** Go to where both texts are put together; what was changed after the conflict goes there, too. */
  async merge() {
    if (this.changes !== this.refused.changes) await this.put();
    if (this.changes !== this.refused.changes) return;
    this.forget();
    this.become('saved');
    location.assign(this.refused.merge);
  }

  /** What the checks find in the sketch as it was saved. */
  async findings() {
    const found = await ask(this.page.findings);
    this.onFindings(found.findings ?? found);
    return found;
  }

  become(state, said) {
    this.state = state;
    this.onState(state, said);
  }

  keep(text) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ text, revision: this.revision, sent: this.sent }));
    } catch { /* a full storage is no reason not to save */ }
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  forget() {
    localStorage.removeItem(this.key);
  }
}

function revisionOf(answer) {
  const found = /(\d+)/.exec(answer.headers.get('ETag') ?? '');
  return found ? Number(found[1]) : null;
}

const STATES = {
  saved: ['Saved', 'ok'],
  unsaved: ['Not saved yet', null],
  saving: ['Saving', null],
  failed: ['Not saved: the connection is lost. It is tried again by itself, and this browser keeps your work.', 'warn'],
  waiting: ['Not saved: the connection is lost. It is tried again by itself; keep this window open.', 'warn'],
  conflict: ['Not saved: somebody else has changed this file', 'bad'],
  refused: ['Not saved', 'bad'],
};

/** Show the state in `#saved`, beside the title. */
export function showState(state, said) {
  const place = document.getElementById('saved');
  if (!place) return;
  const [text, tone] = STATES[state];
  place.textContent = state === 'refused' && said?.problem ? `${say(text)}: ${said.problem}` : say(text);
  place.dataset.state = state;
  if (tone) place.dataset.tone = tone;
  else delete place.dataset.tone;
}

/** Say in `#conflict` who was first, and lead to where both texts are put together; the server keeps the one refused. */
export function showConflict(said, file) {
  const place = document.getElementById('conflict');
  if (!place) return;
  const leave = (event) => {
    event.preventDefault();
    file.merge();
  };
  const first = make('p', {},
    make('strong', {}, say('{who} has saved this file before you', { who: file.page.names?.[said.by] ?? said.by })), make('br'),
    say('Nothing of yours is lost: compare both, and choose part by part.'));
  const merge = make('a', { class: 'button primary', href: said.merge, click: leave }, say('Put both together'));
  place.replaceChildren(make('div', { class: 'notice', 'data-tone': 'bad', role: 'alert' }, first, merge));
  place.hidden = false;
}
