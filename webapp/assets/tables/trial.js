// A table is tried with values: a box for each input, and what the server's evaluation says.
import { ask, make, page, say } from '../common/page.js';
import { called } from './labels.js';

export class Trial {
  constructor(editor, read) {
    Object.assign(this, { editor, read, place: document.getElementById('trial'), values: new Map() });
    this.form = this.place.querySelector('form');
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this.run(); });
  }

  get decision() {
    const element = this.editor.getActiveView()?.element;
    return element?.decisionLogic?.rule || element?.decisionLogic?.input ? element : null;
  }

  /** A box for each input of the table that is open; what was typed stays. */
  draw() {
    const columns = this.decision?.decisionLogic.input ?? [];
    const drawn = JSON.stringify([this.decision?.id, columns.map((one) => [one.label, one.inputExpression?.text, one.inputExpression?.typeRef])]);
    this.place.hidden = !this.decision;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.form.querySelector('.boxes').replaceChildren(...columns.map((column, number) => this.box(column, number)));
    this.answer([]);
  }

  box(column, number) {
    const id = `trial-${number}`;
    const label = called(column.label || column.inputExpression?.text || String(number + 1));
    const type = column.inputExpression?.typeRef ?? '';
    const list = `${id}-values`;
    const name = { id, name: String(number), 'aria-describedby': `${id}-error` };
    const control = type === 'boolean'
      ? make('select', name, ['', 'true', 'false'].map((value) => make('option', { value }, value ? say({ true: 'yes', false: 'no' }[value]) : say('nothing'))))
      : make('input', { ...name, list, autocomplete: 'off' });
    const options = make('datalist', { id: list }, known(this.decision, number).map((value) => make('option', { value })));
    return make('div', { class: 'field' }, make('label', { for: id }, label), make('p', { class: 'error', id: `${id}-error` }), control, options);
  }

  async run() {
    const values = Object.fromEntries(new FormData(this.form));
    const asked = { path: page.path, text: await this.read(), decision: this.decision.id, values };
    const said = await ask(page.tableTrial, asked).catch(() => null);
    if (!said) return;
    for (const box of this.form.querySelectorAll('[name]')) {
      const wrong = said.wrong?.[box.name] ?? '';
      this.form.querySelector(`#${CSS.escape(box.id)}-error`).textContent = wrong;
      if (wrong) box.setAttribute('aria-invalid', 'true');
      else box.removeAttribute('aria-invalid');
    }
    this.mark(said.hits ?? [], said.counts ?? []);
    this.answer(this.sentences(said));
  }

  sentences(said) {
    if (said.wrong) return [];
    const rows = (several) => several.join(say('Row {row}, {column}').includes('，') ? '、' : ', ');
    const hits = said.hits?.length ? say('Rows that hit: {rows}', { rows: rows(said.hits) }) : say('No row hits');
    if (said.problem) return [make('p', { class: 'error' }, said.problem), make('p', {}, hits)];
    const fewer = said.counts.length < said.hits.length;
    return [
      make('p', {}, hits),
      fewer && make('p', {}, say('Of these counts: {rows}', { rows: rows(said.counts) })),
      ...outputs(said.value, said.outputs),
    ].filter(Boolean);
  }

  answer(parts) {
    this.place.querySelector('.answer-of-trial').replaceChildren(...parts);
    if (!parts.length) this.mark([], []);
  }

  mark(hits, counts) {
    const rule = this.decision?.decisionLogic.rule ?? [];
    const id = (row) => rule[row - 1]?.id;
    const marked = new Map([...hits.map((row) => [id(row), 'hit']), ...counts.map((row) => [id(row), 'counts'])]);
    for (const cell of document.querySelectorAll('#table [data-row-id]')) {
      const how = marked.get(cell.dataset.rowId);
      if (how) cell.dataset.hit = how;
      else delete cell.dataset.hit;
    }
  }
}

/** The texts that the cells of a column name. */
function known(decision, number) {
  const cells = (decision?.decisionLogic.rule ?? []).map((row) => row.inputEntry?.[number]?.text ?? '');
  return [...new Set(cells.flatMap((text) => [...text.matchAll(/"([^"\\]*)"/g)].map((found) => found[1])))];
}

function outputs(value, names) {
  const several = Array.isArray(value) ? value : [value];
  return several.map((one) => make('dl', { class: 'pairs' }, typeof one === 'object' && one !== null
    ? Object.entries(one).flatMap(([name, text]) => [make('dt', { translate: 'no' }, name), make('dd', { translate: 'no' }, text)])
    : [make('dt', { translate: 'no' }, names.length === 1 ? names[0] : say('Value')), make('dd', { translate: 'no' }, String(one))]));
}
