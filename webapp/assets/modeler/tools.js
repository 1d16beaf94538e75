// The buttons above the drawing, and what they do.
import { page } from '../common/page.js';

export function bindTools(modeler, { earlier, back, ...more }) {
  const actions = modeler.get('editorActions');
  const stack = modeler.get('commandStack');
  const act = (name, options) => () => actions.trigger(name, options);
  const tools = {
    undo: () => (stack.canUndo() || !earlier.length ? actions.trigger('undo') : back()),
    redo: act('redo'),
    search: () => setTimeout(act('find')), // after this click, which would close it
    fit: () => fit(modeler),
    closer: act('stepZoom', { value: 1 }),
    further: act('stepZoom', { value: -1 }),
    minimap: () => modeler.get('minimap').toggle(),
    simulate: () => modeler.get('toggleMode').toggleMode(),
    ...more,
  };
  for (const button of document.querySelectorAll('[data-tool]')) {
    const name = button.dataset.tool;
    button.disabled = Boolean(page.readonly) && ['tidy', 'save', 'undo', 'redo'].includes(name);
    button.addEventListener('click', () => tools[name]());
  }
  const possible = () => {
    mark('undo', stack.canUndo() || earlier.length > 0);
    mark('redo', stack.canRedo());
  };
  modeler.on('commandStack.changed', possible);
  possible();
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      tools.save();
    }
  });
}

function mark(name, possible) {
  document.querySelector(`[data-tool=${name}]`)?.setAttribute('aria-disabled', String(!possible));
}

const PALETTE = 72; // pixels that the palette takes
const AROUND = 16;

/** Show the whole drawing, beside the palette. */
export function fit(modeler) {
  const canvas = modeler.get('canvas');
  const { inner, outer } = canvas.viewbox();
  const palette = modeler.get('palette')?._container?.offsetWidth ? PALETTE : AROUND;
  const scale = Math.min(1, (outer.width - palette - AROUND) / inner.width, (outer.height - 2 * AROUND) / inner.height);
  canvas.viewbox({ x: inner.x - palette / scale, y: inner.y - (outer.height / scale - inner.height) / 2, width: outer.width / scale, height: outer.height / scale });
}
