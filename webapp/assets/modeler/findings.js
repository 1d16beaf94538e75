// What is wrong with the diagram: what the server's checks find in what was saved, and at once what bpmnlint finds in
// the drawing. One list; a click leads to the element, and each element with a finding carries a mark.
import { Linter } from 'bpmnlint';
import { debounced, make, page, say } from '../common/page.js';
import { rules, worded } from './lint.js';

const SEVERITIES = ['error', 'warning', 'info'];
const TONES = { error: 'bad', warning: 'warn', info: 'info' };

export class Findings {
  constructor(modeler, place) {
    this.modeler = modeler;
    this.place = place;
    this.server = [];
    this.drawing = [];
    this.soon = debounced(() => this.lint(), 500);
    modeler.on('commandStack.changed', () => this.soon());
    modeler.on('import.done', () => this.soon());
  }

  /** What the checks say of the sketch as it was saved. */
  found(findings) {
    this.server = findings.filter((one) => one.file === page.path || !one.file);
    this.elsewhere = findings.length - this.server.length;
    this.draw();
  }

  /** Look at the drawing; the rules remember what they have seen, so each look needs its own. */
  async lint() {
    const found = await new Linter(rules).lint(this.modeler.getDefinitions());
    this.drawing = Object.values(found).flat().map(({ id, message }) => ({ element: id, severity: 'info', said: worded(message) }));
    this.draw();
  }

  draw() {
    const all = [...this.server, ...this.drawing].sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
    const count = (severity) => all.filter((one) => one.severity === severity).length;
    const counted = say('Errors: {errors}, warnings: {warnings}, notes: {notes}', { errors: count('error'), warnings: count('warning'), notes: count('info') });
    this.place.querySelector('output').textContent = counted;
    this.place.querySelector('output').dataset.tone = count('error') ? 'bad' : count('warning') ? 'warn' : 'ok';
    this.place.querySelector('ol').replaceChildren(...all.map((one) => this.row(one)));
    this.place.querySelector('.empty').hidden = all.length > 0;
    if (count('error') && !this.opened) this.opened = this.place.open = true;
    this.mark(all);
  }

  row({ element, severity, said, remedy }) {
    const badge = make('span', { class: 'badge', 'data-tone': TONES[severity] }, say(severity));
    const text = make('span', {}, said, remedy && make('small', {}, ` ${remedy}`));
    const found = element && this.modeler.get('elementRegistry').get(element);
    const content = found ? make('button', { type: 'button', class: 'quiet', click: () => this.show(found) }, badge, text) : make('p', {}, badge, text);
    return make('li', { 'data-element': element || undefined }, content);
  }

  show(element) {
    const canvas = this.modeler.get('canvas');
    const root = canvas.findRoot(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    canvas.scrollToElement(element, 120);
    this.modeler.get('selection').select(element);
  }

  mark(all) {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'finding' });
    for (const severity of [...SEVERITIES].reverse()) {
      for (const element of new Set(all.filter((one) => one.severity === severity).map((one) => one.element))) {
        if (!element || !registry.get(element)) continue;
        overlays.remove({ type: 'finding', element });
        const first = all.find((one) => one.severity === severity && one.element === element);
        const html = make('span', { class: 'finding-mark', 'data-tone': TONES[severity], title: first.said }, severity === 'info' ? 'i' : '!');
        overlays.add(element, 'finding', { position: { top: -9, left: -9 }, html });
      }
    }
  }
}
