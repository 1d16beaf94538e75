// Keeps one file of a sketch as it is worked on. A text is in the browser's storage until the server has it, so that
// neither a crash nor a lost connection takes it away; two people on one file are told of each other.
import { ask, debounced, make, page, say, translated } from './page.js';
import zh from './zh.js';

translated(zh);

const QUIET = 1000; // after the last change
const AGAIN = 5000; // after a failure

/**
 * A file of a sketch.
 *
 *   const file = open(page);
 *   const text = await file.load();          // the text, or what was not saved last time
 *   file.changed(async () => text);          // call at every change: saved a second after the last one
 *   await file.save(text);                   // now
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
    this.onState = showState;
    this.onConflict = showConflict;
    this.onFindings = () => {};
    this.later = debounced(() => this.flush(), QUIET);
    addEventListener('beforeunload', (event) => {
      if (this.state !== 'saved') event.preventDefault();
    });
    addEventListener('online', () => this.state === 'failed' && this.flush());
  }

  /** The text; what an earlier page could not save comes first, and is saved now. */
  async load() {
    const answer = await fetch(this.page.file, { redirect: 'manual', cache: 'no-store' });
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    this.revision = revisionOf(answer) ?? this.revision;
    const text = await answer.text();
    this.text = text;
    this.findings().catch(() => {});
    const kept = this.kept();
    if (!kept || kept.text === text || this.page.readonly) {
      this.forget();
      return text;
    }
    this.revision = kept.revision;
    this.changed(() => kept.text);
    return kept.text;
  }

  /** Say that the text has changed; `read` gives it once it is time to save. */
  changed(read) {
    if (this.page.readonly) return;
    this.read = read;
    this.changes += 1; // what comes while one is being saved is saved, too
    if (this.state !== 'conflict') this.become('unsaved');
    this.later();
  }

  /** Save a text now. */
  save(text) {
    this.read = () => text;
    this.changes += 1;
    return this.flush();
  }

  async flush() {
    if (this.busy || !this.read || this.state === 'conflict') return this.busy;
    this.busy = this.put().finally(() => { this.busy = null; });
    await this.busy;
    if (this.read && this.state !== 'conflict' && this.state !== 'refused') this.later();
  }

  async put() {
    const changes = this.changes;
    const text = await this.read();
    if (text === undefined || text === null) return;
    this.keep(text);
    this.become('saving');
    let answer;
    let said;
    try {
      answer = await fetch(this.page.file, {
        method: 'PUT',
        redirect: 'manual',
        headers: { 'If-Match': `"${this.revision}"`, 'X-CSRFToken': this.page.csrf, 'Content-Type': 'application/octet-stream' },
        body: text,
      });
      said = await answer.json();
    } catch {
      setTimeout(() => this.flush(), AGAIN);
      return this.become('failed');
    }
    if (answer.status === 409) return this.conflict(said, text);
    if (!answer.ok) {
      if (this.changes === changes) this.read = null;
      return this.become('refused', said);
    }
    this.revision = said.revision;
    this.text = text;
    if (said.findings) this.onFindings(said.findings);
    if (this.changes !== changes) return this.become('unsaved');
    this.read = null;
    this.forget();
    return this.become('saved', said);
  }

  conflict(said, text) {
    this.mine = text;
    this.become('conflict', said);
    this.onConflict(said, this);
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
      localStorage.setItem(this.key, JSON.stringify({ text, revision: this.revision }));
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
  const leave = () => {
    file.forget();
    file.state = 'saved';
  };
  const first = make('p', {},
    make('strong', {}, say('{who} has saved this file before you', { who: file.page.names?.[said.by] ?? said.by })), make('br'),
    say('Nothing of yours is lost: compare both, and choose part by part.'));
  const merge = make('a', { class: 'button primary', href: said.merge, click: leave }, say('Put both together'));
  place.replaceChildren(make('div', { class: 'notice', 'data-tone': 'bad', role: 'alert' }, first, merge));
  place.hidden = false;
}
