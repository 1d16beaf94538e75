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
document.addEventListener('input', event => {
  const area = event.target;
  const counter = area.dataset?.limit && document.getElementById(`${area.id}-count`);
  if (counter) counter.textContent = counter.dataset.words.replace('{n}', [...area.value].length.toLocaleString('en'));
});

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

document.addEventListener('DOMContentLoaded', () => settle(document));
document.addEventListener('htmx:after:swap', () => settle(document));
