// The panel of properties: draws the groups of what is selected, and keeps the field that somebody types in.
import { debounced, make, page, say, ask } from '../common/page.js';
import { accessors } from './fields.js';
import { groupsOf, ownerOf } from './groups.js';
import { Model } from './model.js';

const TYPING = 400; // milliseconds until what is typed is written

export class Panel {
  constructor(modeler, place, typing) {
    this.modeler = modeler;
    this.place = place;
    this.model = new Model(modeler);
    this.closed = new Set(['documentation']);
    this.pending = new Set(); // what was typed and is not written yet
    modeler.on('selection.changed', () => this.draw());
    modeler.on('commandStack.changed', () => this.refresh());
    modeler.on('import.done', () => this.draw());
    place.addEventListener('input', typing);
    place.addEventListener('focusout', () => setTimeout(() => this.stale && !this.busy() && this.draw()));
  }

  /** The selected element, or the drawing as a whole. */
  get element() {
    const chosen = this.modeler.get('selection').get();
    const found = chosen.length === 1 ? chosen[0] : this.modeler.get('canvas').getRootElement();
    return found.labelTarget ?? found;
  }

  /** Whether somebody is at one of the fields, which must not be drawn anew under his hand. */
  busy() {
    return this.place.contains(document.activeElement) && /INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName);
  }

  refresh() {
    this.stale = true;
    setTimeout(() => this.stale && !this.busy() && this.draw());
  }

  /** Write what was typed a moment ago. */
  settle() {
    for (const write of [...this.pending]) write();
  }

  draw() {
    this.settle();
    this.stale = false;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.id : '';
    const top = this.place.scrollTop;
    const element = this.element;
    const owner = ownerOf(element, this.model);
    const groups = owner ? groupsOf(element, owner, this.model, accessors(this.model, element, owner)) : [];
    this.place.replaceChildren(...groups.map((group) => this.group(group)));
    this.place.scrollTop = top;
    if (focused) document.getElementById(focused)?.focus();
  }

  group({ id, title, fields }) {
    const shown = fields.filter(Boolean).map((field) => this.field(field));
    const details = make('details', { class: 'properties', open: !this.closed.has(id) }, make('summary', {}, title), ...shown);
    details.addEventListener('toggle', () => (details.open ? this.closed.delete(id) : this.closed.add(id)));
    return details;
  }

  field(field) {
    const id = `property-${field.id}`;
    const error = make('p', { class: 'error', id: `${id}-error`, hidden: true });
    const control = (KINDS[field.kind ?? 'text'])(field, id, (value) => this.set(field, value), this);
    const described = [field.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' ');
    control.setAttribute('aria-describedby', described);
    if (page.readonly) control.disabled = true;
    if (field.check) this.watch(field, control, error);
    if (field.kind === 'flag') return make('div', { class: 'field' }, make('label', { class: 'check' }, control, ' ', field.label));
    return make('div', { class: 'field' }, make('label', { for: id }, field.label),
      field.hint && make('p', { class: 'hint', id: `${id}-hint` }, field.hint), error, control, field.choose && this.choices(field, control));
  }

  /** Several of a known list, written with commas between. */
  choices({ choose, access, label }, control) {
    const chosen = () => access.get().split(',').map((one) => one.trim()).filter(Boolean);
    const toggle = (value) => {
      const now = chosen();
      access.set((now.includes(value) ? now.filter((one) => one !== value) : [...now, value]).join(','));
      control.value = access.get();
    };
    const boxes = choose.map(({ value, label: said }) => make('label', { class: 'check', translate: 'no' },
      make('input', { type: 'checkbox', checked: chosen().includes(value), disabled: Boolean(page.readonly), change: () => toggle(value) }), ' ', said));
    const box = make('details', { class: 'pick', open: this.picking === label }, make('summary', {}, say('Choose')), ...boxes);
    box.addEventListener('toggle', () => { this.picking = box.open ? label : this.picking === label ? null : this.picking; });
    return box;
  }

  set(field, value) {
    if (value === field.access.get()) return;
    const wrong = field.refuse?.(value);
    if (wrong) return this.said(document.getElementById(`property-${field.id}-error`), document.getElementById(`property-${field.id}`), wrong);
    field.access.set(value);
  }

  /** Say while one types whether an expression can be read. */
  watch(field, control, error) {
    const look = debounced(async () => {
      const text = control.value;
      if (!text.trim()) return this.said(error, control, '');
      const found = await ask(page.expressions, { text, role: field.check }).catch(() => ({}));
      if (control.value === text) this.said(error, control, found.problem ? placed(found) : '');
    }, TYPING);
    control.addEventListener('input', look);
    if (field.access.get()) look();
  }

  said(error, control, problem) {
    error.textContent = problem;
    error.hidden = !problem;
    control.toggleAttribute('aria-invalid', Boolean(problem));
    if (problem) control.setAttribute('aria-invalid', 'true');
  }
}

function placed({ problem, line, column }) {
  return line ? `${say('Line {line}, column {column}', { line, column })}${say(': ')}${problem}` : problem;
}

/** A control whose text is written a moment after the last key, or as soon as it is left. */
function written(control, set, { pending }) {
  const write = () => {
    pending.delete(write);
    set(control.value);
  };
  const later = debounced(() => pending.has(write) && write(), TYPING);
  control.addEventListener('input', () => {
    pending.add(write);
    later();
  });
  control.addEventListener('change', write);
  return control;
}

/** A control whose choice may bring other fields. */
function chosen(control, read, set, panel) {
  control.addEventListener('change', () => {
    set(read());
    panel.draw();
  });
  return control;
}

const KINDS = {
  text(field, id, set, panel) {
    const listed = field.offer ? `${id}-list` : undefined;
    const control = make('input', { id, type: 'text', list: listed, value: field.access.get(), spellcheck: 'false', class: field.code ? 'code' : undefined });
    if (field.once) control.addEventListener('change', () => set(control.value.trim()));
    else written(control, set, panel);
    if (!listed) return control;
    const options = field.offer.map(({ value, label }) => make('option', { value }, label));
    control.append(make('datalist', { id: listed, translate: 'no' }, ...options));
    queueMicrotask(() => control.after(control.firstChild));
    return control;
  },
  area(field, id, set, panel) {
    const text = field.access.get();
    const rows = Math.min(12, Math.max(field.rows ?? 2, text.split('\n').length, Math.ceil(text.length / 40)));
    const control = make('textarea', { id, rows, spellcheck: field.code ? 'false' : undefined, class: field.code ? 'code' : undefined });
    control.value = text;
    return written(control, set, panel);
  },
  select(field, id, set, panel) {
    const now = field.access.get();
    const options = [{ value: '', label: field.none ?? '—' }, ...field.options];
    if (now && !options.some(({ value }) => value === now)) options.push({ value: now, label: now });
    const control = make('select', { id, translate: 'no' }, ...options.map(({ value, label }) => make('option', { value, selected: value === now }, label)));
    return chosen(control, () => control.value, set, panel);
  },
  flag(field, id, set, panel) {
    const control = make('input', { id, type: 'checkbox', checked: Boolean(field.access.get()) });
    return chosen(control, () => control.checked, set, panel);
  },
  link(field, id) {
    return make('a', { id, href: field.href, class: 'button small' }, field.text);
  },
};
