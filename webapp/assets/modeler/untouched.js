// Before anything is saved: what this editor writes without a change must say all that the file says.
import { ask, make, page, say } from '../common/page.js';

/** Take the file for reading only where saving it would lose something, and say what. */
export async function demandNothingLost(modeler, before) {
  if (page.readonly) return;
  const { xml: after } = await modeler.saveXML({ format: true });
  const { lost } = await ask(page.untouched, { before, after });
  if (!lost.length) return;
  page.readonly = true;
  const place = document.getElementById('trouble');
  place.querySelector('p').replaceChildren(
    make('strong', {}, say('This diagram can only be looked at here')), make('br'),
    say('It holds something that this editor does not know and would lose: {what}. Change it in the tool that it comes from, and upload it.', { what: lost.slice(0, 3).join('; ') }));
  place.hidden = false;
}
