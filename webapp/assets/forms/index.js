// The builder of forms. The page works without this: every box is a part of one form that a button sends. With it, a box
// is saved a moment after it was typed, fields are dragged, and what was done can be undone.
import { debounced } from '../common/page.js';
import { showState } from '../common/saving.js';
import './index.css';

const QUIET = 700; // after the last key
const AGAIN = 5000; // after a failure
const parser = new DOMParser();
const done = []; // texts of the form before each change, the newest last
const undone = [];
const waiting = []; // what is to be sent next, in its order
let busy = null;
let typed = 0; // counts what was typed, so that no answer overwrites what came after its question
let unsent = false; // something was typed and not sent yet
let owed = false; // the boxes were to be drawn anew, and somebody typed

const at = (id) => document.getElementById(id);
const fieldForm = () => at('field-form');
const text = () => at('b-text').value.replace(/\r\n/g, '\n');

/* -- sending: one question at a time, in their order; of savings that wait the newest says all */

function ask(make, { saves = false, redraw, ...options } = {}) {
  const older = saves && waiting.at(-1)?.saves ? waiting.pop() : null;
  waiting.push({ make, saves, redraw: redraw || older?.redraw || owed, ...options });
  unsent = false;
  showState('unsaved');
  busy ??= next().finally(() => { busy = null; });
  return busy;
}

async function next() {
  while (waiting.length) {
    const asked = waiting.shift();
    const before = { text: text(), typed };
    showState('saving');
    const answer = await heard(asked);
    if (!answer) continue;
    if (answer.url.includes('/merge')) return leave(answer.url);
    take(answer, asked, before);
  }
  return null;
}

/** The server's answer with its page; nothing where there was none, and then it is asked again. */
async function heard(asked) {
  try {
    const answer = await fetch(...asked.make());
    const answered = parser.parseFromString(await answer.text(), 'text/html');
    if (answered.getElementById('builder') || answer.url.includes('/merge')) return { answered, url: answer.url, ok: answer.ok, redirected: answer.redirected };
  } catch { /* the connection is lost */ }
  showState('waiting');
  waiting.unshift(asked);
  await new Promise((resolve) => { setTimeout(resolve, AGAIN); });
  return null;
}

function leave(url) {
  showState('saved');
  location.assign(url);
}

function sending(form, submitter, more = {}) {
  return () => {
    const body = new FormData(form);
    body.set('revision', at('text-revision').value);
    if (submitter?.name) body.set(submitter.name, submitter.value);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    return [form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(body), headers: { 'X-CSRFToken': body.get('csrf_token') } }];
  };
}

const send = (options) => ask(sending(fieldForm(), null, { do: 'save' }), { saves: true, ...options });
const save = (options) => { typed += 1; send(options); };
const flush = () => (unsent && fieldForm() ? send() : busy);
const later = debounced(flush, QUIET);

/* -- what the server answers takes the place of what is shown, but for the box that somebody is typing in */

function take(answer, asked, before) {
  const { answered } = answer;
  if (!answered.getElementById('form-list') || !at('form-list')) return renewAll(answered, answer.ok);
  const revision = answered.getElementById('text-revision').value;
  const action = answered.getElementById('field-form').getAttribute('action');
  if (answer.redirected && answer.ok) history.replaceState(null, '', answer.url);
  const redraw = asked.redraw && before.typed === typed;
  owed = asked.redraw && !redraw;
  const focus = asked.focus ?? document.activeElement?.id;
  for (const id of ['form-list', 'form-preview', 'form-findings']) swap(id, answered);
  frame(answered);
  if (redraw) ['field-title', 'form-field'].forEach((id) => swap(id, answered));
  else renew(answered);
  swap('form-source', answered);
  for (const id of ['revision', 'text-revision']) at(id).value = revision;
  fieldForm().setAttribute('action', action);
  if (text() !== before.text && asked.keep !== 'undo') {
    done.push(before.text);
    undone.length = 0;
  }
  settle(focus, answer.ok);
  if (asked.focus === 'b-title') at('b-title')?.select(); // the label that a new field begins with is there to be written over
}

function renewAll(answered, ok) {
  frame(answered);
  at('builder').replaceChildren(...answered.getElementById('builder').childNodes);
  settle(null, ok);
}

function frame(answered) {
  const { side, chosen } = answered.getElementById('builder').dataset;
  at('builder').dataset.side = side;
  at('builder').toggleAttribute('data-chosen', chosen !== undefined);
}

function swap(id, answered) {
  const open = [...document.querySelectorAll(`#${id} details[open]`)].length > 0;
  at(id).replaceChildren(...answered.getElementById(id).childNodes);
  if (open) at(id).querySelectorAll('details').forEach((one) => { one.open = true; });
}

/** Bring up to date what is said about the boxes, and leave the boxes alone. */
function renew(answered) {
  for (const slot of document.querySelectorAll('#form-field [data-slot]')) {
    const said = answered.getElementById(slot.id);
    slot.replaceChildren(...(said ? said.childNodes : []));
    const box = at(slot.id.replace(/-error$/, ''));
    if (box?.matches('input, select')) box.toggleAttribute('aria-invalid', slot.textContent.trim() !== '');
    if (box?.hasAttribute('aria-invalid')) box.setAttribute('aria-invalid', 'true');
  }
}

function settle(focus, ok) {
  showState(unsent ? 'unsaved' : ok ? 'saved' : 'refused');
  at('undo').disabled = !done.length;
  at('redo').disabled = !undone.length;
  for (const item of document.querySelectorAll('#form-list [data-key]')) item.draggable = true;
  document.dispatchEvent(new Event('htmx:after:swap'));
  if (focus && document.activeElement?.id !== focus) at(focus)?.focus();
}

/* -- what people do */

document.addEventListener('input', (event) => {
  if (!event.target.closest('#field-form') || !event.target.matches('input:not([type=checkbox]), textarea')) return;
  typed += 1;
  unsent = true;
  showState('unsaved');
  if (!event.target.matches('[data-late]')) later();
});

document.addEventListener('change', (event) => {
  const box = event.target;
  if (!box.closest('#field-form')) return;
  if (box.matches('select, [type=checkbox], [data-late]')) save({ redraw: true });
});

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  if (form.closest('#form-preview')) {
    event.preventDefault();
    attempt(form, submitter);
  } else if (form === fieldForm()) {
    event.preventDefault();
    ask(sending(form, submitter), { redraw: true, focus: submitter?.value === 'add' ? 'b-title' : undefined });
  } else if (form.id === 'text-form') {
    event.preventDefault();
    ask(sending(form, submitter), { redraw: true });
  }
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('#builder a[href*="/edit?"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  visit(link.href, link.id);
});

addEventListener('popstate', () => visit(location.href));
addEventListener('beforeunload', (event) => { if (unsent || busy) event.preventDefault(); });

/** Go to another field, once what was typed is saved. */
async function visit(href, focus) {
  await flush();
  const answer = await fetch(href);
  const answered = parser.parseFromString(await answer.text(), 'text/html');
  if (!answered.getElementById('builder')) { location.assign(href); return; }
  if (href !== location.href) history.pushState(null, '', href);
  document.title = answered.title;
  renewAll(answered, true);
  at(focus)?.focus();
}

/** Fill in the preview and send it: nothing is kept, and what is wrong is said. */
async function attempt(form, submitter) {
  const body = new FormData(form, submitter);
  const answer = await fetch(submitter?.getAttribute('formaction') || form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(body) });
  swap('form-preview', parser.parseFromString(await answer.text(), 'text/html'));
  document.dispatchEvent(new Event('htmx:after:swap'));
  document.querySelector('#form-preview [autofocus]')?.focus();
  document.querySelector('#form-preview :is(.error-summary, .notice[data-tone=ok])')?.scrollIntoView({ block: 'nearest' });
}

/* -- order: by dragging, or Alt and an arrow on a field of the list */

const order = () => [...document.querySelectorAll('#form-list [data-key]')];

function place(key, to) {
  if (to < 0 || to >= order().length) return;
  ask(sending(fieldForm(), null, { do: `place:${to}:${key}` }), { redraw: true, focus: `to-${key}` });
}

document.addEventListener('keydown', (event) => {
  const item = event.target.closest?.('#form-list [data-key]');
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (item && by && event.altKey) {
    event.preventDefault();
    place(item.dataset.key, Number(item.dataset.place) + by);
  }
  const typing = event.target.matches?.('input:not([type=checkbox]), textarea');
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !typing) {
    event.preventDefault();
    step(event.shiftKey);
  }
});

let dragged = null;
document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('#form-list [data-key]') ?? null;
  if (dragged) event.dataTransfer.effectAllowed = 'move';
});
document.addEventListener('dragover', (event) => {
  const over = dragged && event.target.closest?.('#form-list [data-key]');
  if (!over) return;
  event.preventDefault();
  order().forEach((one) => one.classList.toggle('over', one === over && one !== dragged));
});
document.addEventListener('drop', (event) => {
  const over = dragged && event.target.closest?.('#form-list [data-key]');
  if (!over || over === dragged) return;
  event.preventDefault();
  place(dragged.dataset.key, Number(over.dataset.place));
});
document.addEventListener('dragend', () => { dragged = null; order().forEach((one) => one.classList.remove('over')); });

/* -- back and forth again */

function step(forwards) {
  const [from, to] = forwards ? [undone, done] : [done, undone];
  const wanted = from.pop();
  if (wanted === undefined) return;
  to.push(text());
  ask(sending(at('text-form'), null, { do: 'text', text: wanted }), { redraw: true, keep: 'undo' });
}

document.addEventListener('click', (event) => {
  if (event.target.closest('#undo')) step(false);
  if (event.target.closest('#redo')) step(true);
});

settle(null, true);
