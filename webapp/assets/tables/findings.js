// What is wrong with the table as it is typed, asked of the server a moment after each change: cells that cannot be read
// are red and say why; findings of the checks stand beside the table, and lead to their row.
import { ask, debounced, make, page, say } from '../common/page.js';
import { called } from './labels.js';

const SEVERITIES = ['error', 'warning', 'info'];
const TONES = { error: 'bad', warning: 'warn', info: 'info' };
const QUIET = 400;

export class Findings {
  constructor(editor, read) {
    Object.assign(this, { editor, read, place: document.getElementById('findings'), cells: [], found: [], asked: 0 });
    this.soon = debounced(() => this.look(), QUIET);
    new MutationObserver(() => this.mark()).observe(document.getElementById('table'), { childList: true, subtree: true });
    document.getElementById('table').addEventListener('focusin', () => this.tell());
  }

  async look() {
    const number = (this.asked += 1);
    const said = await ask(page.tableFindings, { path: page.path, text: await this.read() }).catch(() => null);
    if (!said || number !== this.asked) return;
    this.cells = said.cells;
    this.found = said.findings.filter((one) => one.rule !== 'decision-malformed' || !this.cells.length);
    this.draw();
    this.mark();
    this.tell();
  }

  draw() {
    const cells = this.cells.map((one) => ({ ...one, severity: 'error', said: `${this.named(one.element)}${one.said}` }));
    const all = [...cells, ...this.found].sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
    const count = (severity) => all.filter((one) => one.severity === severity).length;
    const counts = { errors: count('error'), warnings: count('warning'), notes: count('info') };
    const output = this.place.querySelector('output');
    output.textContent = say('{errors} errors, {warnings} warnings, {notes} notes', counts);
    output.dataset.tone = counts.errors ? 'bad' : counts.warnings ? 'warn' : 'ok';
    this.place.querySelector('ol').replaceChildren(...all.map((one) => this.row(one)));
    this.place.querySelector('.none').hidden = all.length > 0;
    this.place.dataset.counted = String(all.length);
  }

  row(one) {
    const badge = make('span', { class: 'badge', 'data-tone': TONES[one.severity] }, say(one.severity));
    const text = make('span', {}, one.said, one.remedy && make('small', {}, ` ${one.remedy}`));
    return make('li', {}, make('button', { type: 'button', class: 'quiet', click: () => this.show(one) }, badge, text));
  }

  /** Where a cell is, in words. */
  named(id) {
    for (const decision of this.tables()) {
      const { rule = [], input = [], output = [] } = decision.decisionLogic;
      const heads = [...input.map((one) => one.label ?? one.inputExpression?.text ?? ''), ...output.map((one) => one.label ?? one.name ?? '')];
      const colon = say('Row {row}, {column}').includes('，') ? '：' : ': ';
      for (const [number, row] of rule.entries()) {
        const column = [...(row.inputEntry ?? []), ...(row.outputEntry ?? [])].findIndex((cell) => cell.id === id);
        if (column >= 0) return say('Row {row}, {column}', { row: number + 1, column: called(heads[column]) }) + colon;
      }
      const head = [...input, ...output].findIndex((one) => one.id === id || one.inputExpression?.id === id);
      if (head >= 0) return say('Head of {column}', { column: called(heads[head]) }) + colon;
    }
    return '';
  }

  tables() {
    return (this.editor.getDefinitions()?.drgElement ?? []).filter((one) => one.decisionLogic?.rule);
  }

  /** Open the table of a finding and go to its cell or row. */
  async show(one) {
    const decision = this.tables().find((table) => table.id === one.decision)
      ?? this.tables().find((table) => table.decisionLogic.rule.some((rule) => rule.id === one.element));
    const view = decision && this.editor.getViews().find((each) => each.element === decision);
    if (view && this.editor.getActiveView()?.element !== decision) await this.editor.open(view);
    const rows = (one.rows ?? []).map((row) => decision?.decisionLogic.rule[row - 1]).filter(Boolean);
    this.shown = new Set(rows.map((row) => row.id));
    this.mark();
    const id = rows.at(-1)?.inputEntry?.[0]?.id ?? rows.at(-1)?.outputEntry?.[0]?.id ?? one.element;
    const cell = document.querySelector(`#table [data-element-id="${CSS.escape(id)}"]`);
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    (cell?.querySelector('[contenteditable]') ?? cell)?.focus();
  }

  /** Mark cells and rows where they stand; the table is drawn anew at every change. */
  mark() {
    const wrong = new Map(this.cells.map((one) => [one.element, one.said]));
    const rows = new Map(this.found.flatMap((one) => this.ids(one).map((id) => [id, one.severity])));
    set(document.querySelector('#table th.index-column'), 'role', 'cell'); // it heads nothing
    for (const cell of document.querySelectorAll('#table [data-element-id]')) {
      set(cell, 'data-wrong', wrong.has(cell.dataset.elementId) ? 'yes' : null);
      set(cell.querySelector('[contenteditable]'), 'aria-invalid', wrong.has(cell.dataset.elementId) ? 'true' : null);
      set(cell, 'data-finding', TONES[rows.get(cell.dataset.rowId)] ?? null);
      set(cell, 'data-shown', this.shown?.has(cell.dataset.rowId) ? 'yes' : null);
    }
  }

  ids(one) {
    const rule = this.tables().find((table) => table.id === one.decision)?.decisionLogic.rule ?? [];
    return one.rows.map((row) => rule[row - 1]?.id).filter(Boolean);
  }

  /** Say of the cell that somebody is in what is wrong with it. */
  tell() {
    const id = document.activeElement?.closest('#table [data-element-id]')?.dataset.elementId;
    const one = this.cells.find((cell) => cell.element === id);
    document.getElementById('cell-problem').textContent = one ? `${this.named(id)}${one.said}` : '';
  }
}

function set(element, name, value) {
  if (!element || element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
