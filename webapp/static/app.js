/* Small manners; every page works without them.
   Keys, fields that depend on others, counters, look-ups while typing, toasts that go by themselves. */
'use strict';

const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/* -- fields that depend on another: what the server left out of sight comes into sight at once */
function valueOf(form, name) {
  const controls = all(`[name="${CSS.escape(name)}"]`, form);
  if (!controls.length) return [];
  if (controls[0].type === 'radio') return controls.filter(c => c.checked).map(c => c.value);
  if (controls[0].type === 'checkbox') {
    return controls[0].hasAttribute('value') ? controls.filter(c => c.checked).map(c => c.value) : [String(controls[0].checked)];
  }
  return controls.map(c => c.value);
}

function showAsked(form) {
  for (const field of all('[data-when]', form)) {
    const wanted = JSON.parse(field.dataset.values);
    const asked = valueOf(form, field.dataset.when).some(value => wanted.includes(value));
    field.toggleAttribute('data-unasked', !asked);
  }
}

document.addEventListener('change', event => { if (event.target.form) showAsked(event.target.form); });

/* -- how much of a text is written */
function count(area) {
  const counter = area.dataset?.limit && document.getElementById(`${area.id}-count`);
  if (counter) counter.textContent = counter.dataset.words.replace('{n}', [...area.value].length.toLocaleString('en'));
}

document.addEventListener('input', event => count(event.target));

/* -- look-ups while typing */
let waiting;
document.addEventListener('input', event => {
  const field = event.target;
  if (!field.dataset?.lookup || event.inputType === 'insertReplacementText') return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const answer = await fetch(`${field.dataset.lookup}?q=${encodeURIComponent(field.value)}`, {headers: {Accept: 'application/json'}});
    if (!answer.ok) return;
    field.list.replaceChildren(...(await answer.json()).map(found => {
      const option = document.createElement('option');
      option.value = found.value;
      option.label = found.label;
      return option;
    }));
  }, 200);
});

/* -- keys */
const rows = () => all('.row-link').filter(link => link.offsetParent !== null);
let before = '';

function move(by) {
  const links = rows();
  if (!links.length) return;
  const focused = links.indexOf(document.activeElement);  // it is ahead of what is shown while that is under way
  const at = focused < 0 ? links.findIndex(link => link.getAttribute('aria-current') === 'true') : focused;
  const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
  next.focus();
  if (next.dataset.preview !== undefined) next.click();
}

function go(selector) {
  const target = one(selector);
  if (!target) return false;
  target.click();
  return true;
}

const keys = {
  j: () => move(1), ArrowDown: () => move(1),
  k: () => move(-1), ArrowUp: () => move(-1),
  n: () => go('[data-key-n]'),
  c: () => go('[data-key-c]'),
  '[': () => go('.pager [rel=prev][href]'),
  ']': () => go('.pager [rel=next][href]'),
  '/': () => one('.search input')?.focus(),
  f: () => one('.filters input:not([type=hidden]), .filters select')?.focus(),
  '?': () => document.getElementById('keys')?.togglePopover(),
};

document.addEventListener('keydown', event => {
  const typing = event.target.closest('input, select, textarea, [contenteditable]');
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    const form = typing?.form ?? one('form[data-task]');
    if (form) { event.preventDefault(); form.requestSubmit(one('button.primary[form]') ?? undefined); }
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === 's' && one('[data-key-s]')) {
    event.preventDefault();
    one('[data-key-s]').value = typing?.id || 'draft';  // the page that follows leads back to it
    one('[data-key-s]').click();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter' && event.target.dataset?.open) { event.preventDefault(); location.assign(event.target.dataset.open); return; }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (before === 'g') { before = ''; go(`.rail [data-key="${CSS.escape(key)}"]`); return; }
  before = key;
  const arrow = key.startsWith('Arrow');
  if (arrow && !event.target.closest('.row-link')) return;
  if (keys[key]) { event.preventDefault(); keys[key](); }
});

/* -- a double click sends once; what is swapped in by htmx is sent by htmx */
const PATIENCE = 4000;  // milliseconds after which a form may be sent again: an answer was a file, or never came
document.addEventListener('submit', event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, PATIENCE);
});

/* -- a change of language or theme loads the page anew: what is typed goes along in this tab, and is gone with the load.
   What has no place on the page as it begins, such as an added row, the server draws: `data-again` says where. */
const TYPED = 'typed';
const OWN = ['csrf_token', '_ticket'];  // each page has its own
const written = () => all('main form:not([data-autosave], [data-keeps], :has([type=password]))');
const addressOf = form => form.getAttribute('action') ?? location.pathname + location.search;

document.addEventListener('submit', event => {
  if (!event.target.matches('[data-keeps]')) return;
  const typed = written().map(form => [addressOf(form), [...new FormData(form)].filter(([name, value]) => !OWN.includes(name) && typeof value === 'string')]);
  sessionStorage.setItem(TYPED, JSON.stringify(typed));
});

function putBack() {
  const kept = JSON.parse(sessionStorage.getItem(TYPED) ?? '[]');
  sessionStorage.removeItem(TYPED);
  for (const form of written()) {
    const at = kept.findIndex(([address]) => address === addressOf(form));
    if (at < 0) continue;
    const [, values] = kept[at];
    kept.splice(at, 1);
    if (!fits(form, values) && form.hasAttribute('data-again')) return drawAgain(form, values);
  }
}

/** Put what was typed into the controls of a form, and say whether each piece found its own. */
function fits(form, values) {
  const left = new Map();
  for (const [name, value] of values) left.set(name, [...left.get(name) ?? [], value]);
  for (const control of all('input, select, textarea', form)) {
    const mine = left.get(control.name);
    if (control.matches(':disabled, [type=file], [name=csrf_token]')) continue;
    if (control.matches('[type=checkbox], [type=radio]')) {
      control.checked = mine?.includes(control.value) ?? false;
      if (control.checked) mine.splice(mine.indexOf(control.value), 1);
    } else if (mine?.length && (control.type !== 'hidden' || control.value === mine[0])) {
      control.value = mine.shift();
      count(control);
    }
  }
  return [...left.values()].every(rest => !rest.length);
}

function drawAgain(form, values) {
  const again = document.createElement('form');
  for (const [name, value] of [['csrf_token', one('[name=csrf_token]').value], ['_again', 'yes'], ...values]) {
    const input = document.createElement('input');
    Object.assign(input, {type: 'hidden', name, value});
    again.append(input);
  }
  again.setAttribute('method', 'post');
  again.setAttribute('action', form.getAttribute('data-again'));
  document.body.append(again);
  HTMLFormElement.prototype.submit.call(again);  // a field may be called submit
}

/* -- after every load and every swap */
function settle(root) {
  all('form', root).forEach(showAsked);
  one('.error-summary[autofocus]', root)?.focus();
  for (const diagram of all('.diagram:not(.mini)', root)) {
    const shown = (one('.failed', diagram) ?? one('.active', diagram) ?? one('.changed, .added', diagram))?.getBoundingClientRect();
    const frame = diagram.getBoundingClientRect();
    if (shown) diagram.scrollTo(
      shown.left - frame.left - (diagram.clientWidth - shown.width) / 2, shown.top - frame.top - (diagram.clientHeight - shown.height) / 2);
  }
  for (const button of all('[data-close]', root)) {
    button.hidden = false;
    button.addEventListener('click', () => button.closest('.toast').remove());
    setTimeout(() => button.closest('.toast')?.remove(), 8000);
  }
}

document.addEventListener('DOMContentLoaded', () => { putBack(); settle(document); });
document.addEventListener('htmx:after:swap', () => settle(document));
