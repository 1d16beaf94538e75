// A file may hold several decisions and a drawing of what needs what: one button for each.
import { make, page, say } from '../common/page.js';
import { called } from './labels.js';

export class Views {
  constructor(editor) {
    this.editor = editor;
    this.place = document.getElementById('views');
  }

  /** Open the table that the address names, else the first one. */
  openFirst() {
    const views = this.editor.getViews();
    const named = views.find((view) => view.element.id === page.element || rules(view).some((rule) => rule.id === page.element));
    return this.editor.open(named ?? views.find((view) => view.type === 'decisionTable') ?? views[0]);
  }

  draw() {
    const views = this.editor.getViews().filter((view) => view.type !== 'drd' || this.several());
    this.place.hidden = views.length < 2;
    this.place.replaceChildren(...views.map((view) => this.button(view)));
  }

  several() {
    return (this.editor.getDefinitions()?.drgElement ?? []).length > 1;
  }

  button(view) {
    const label = view.type === 'drd' ? say('Overview of the decisions') : called(view.element.name || view.element.id);
    const current = view.element === this.editor.getActiveView()?.element;
    return make('button', { type: 'button', class: 'small', 'aria-pressed': String(current), click: () => this.editor.open(view) }, label);
  }
}

const rules = (view) => view.element.decisionLogic?.rule ?? [];
