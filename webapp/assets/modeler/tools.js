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
const READABLE = 0.75; // a drawing that is smaller shows no names that one could read

/** Show the whole drawing, beside the palette. */
export function fit(modeler) {
  const { inner } = modeler.get('canvas').viewbox();
  look(modeler, whole(modeler), inner.y + inner.height / 2);
}

/** Show a drawing as it is opened: all of it, or where it begins if all of it could not be read. */
export function begin(modeler) {
  if (whole(modeler) >= READABLE) return fit(modeler);
  const { inner, outer } = modeler.get('canvas').viewbox();
  const starts = modeler.get('elementRegistry').filter(({ type, parent }) => type === 'bpmn:StartEvent' && parent?.type !== 'bpmn:SubProcess');
  const first = starts.sort((one, other) => one.x - other.x)[0] ?? inner;
  const half = outer.height / READABLE / 2 - AROUND / READABLE;
  const middle = Math.max(inner.y + half, Math.min(inner.y + inner.height - half, first.y + first.height / 2));
  look(modeler, READABLE, 2 * half < inner.height ? middle : inner.y + inner.height / 2);
}

/** The scale at which all of it can be seen. */
function whole(modeler) {
  const { inner, outer } = modeler.get('canvas').viewbox();
  return Math.min(1, (outer.width - beside(modeler) - AROUND) / inner.width, (outer.height - 2 * AROUND) / inner.height);
}

/** Look at the left edge of the drawing at a scale, with a height of it in the middle. */
function look(modeler, scale, middle) {
  const canvas = modeler.get('canvas');
  const { inner, outer } = canvas.viewbox();
  const height = outer.height / scale;
  canvas.viewbox({ x: inner.x - beside(modeler) / scale, y: middle - height / 2, width: outer.width / scale, height });
}

function beside(modeler) {
  return modeler.get('palette')?._container?.offsetWidth ? PALETTE : AROUND;
}
