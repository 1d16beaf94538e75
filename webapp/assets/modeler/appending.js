// Drawing on without a mouse: A opens a list of what may follow the selected element, to be made there or drawn already.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { PopupEntries } from 'bpmn-js/lib/features/popup-menu/PopupEntries';
import { page, say } from '../common/page.js';

const MENU = 'append';
const NEW = [
  'user-task', 'service-task', 'rule-task', 'script-task', 'manual-task', 'receive-task', 'send-task', 'call-activity', 'expanded-subprocess',
  'exclusive-gateway', 'parallel-gateway', 'inclusive-gateway', 'event-based-gateway',
  'none-end-event', 'terminate-end', 'error-end', 'message-end',
  'message-intermediate-catch', 'timer-intermediate-catch', 'message-intermediate-throw',
];

function Appending(injector, keyboard, popupMenu, selection, canvas) {
  const entries = (element) => closing(popupMenu, { ...made(injector, element), ...there(injector, element) });
  popupMenu.registerProvider(MENU, { getPopupMenuEntries: entries });
  keyboard.addListener(({ keyEvent }) => {
    if (!keyboard.isKey(['a', 'A'], keyEvent) || keyboard.hasModifier(keyEvent) || page.readonly || simulates(canvas)) return undefined;
    const [chosen, ...others] = selection.get();
    const element = chosen?.labelTarget ?? chosen;
    if (!element || others.length || !is(element, 'bpmn:FlowNode') || popupMenu.isEmpty(element, MENU)) return undefined;
    canvas.scrollToElement(element, 120);
    const frame = canvas.getContainer().getBoundingClientRect();
    const box = canvas.getAbsoluteBBox(element);
    const place = { x: frame.left + box.x + box.width, y: frame.top + box.y };
    popupMenu.open(element, MENU, { ...place, cursor: place }, { title: say('Go on with'), width: 300, search: true });
    return true;
  });
}

function simulates(canvas) {
  return canvas.getContainer().parentNode.classList.contains('simulation');
}

/** Entries that close the menu before they do what they say. */
function closing(popupMenu, entries) {
  for (const one of Object.values(entries)) {
    const { action } = one;
    one.action = () => {
      popupMenu.close();
      action();
    };
  }
  return entries;
}

/** What may be made behind an element. */
function made(injector, element) {
  if (is(element, 'bpmn:EndEvent') || element.businessObject.isForCompensation || element.businessObject.triggeredByEvent) return {};
  const names = is(element, 'bpmn:EventBasedGateway') ? NEW.filter((name) => /catch|receive/.test(name)) : NEW;
  return Object.fromEntries(names.map((name) => {
    const { label, className, target } = PopupEntries[name];
    const action = () => injector.get('autoPlace').append(element, injector.get('elementFactory').createShape(target));
    return [`append-${name}`, { label: say(label), className, action }];
  }));
}

/** Elements that are drawn already, to which a flow may lead. */
function there(injector, element) {
  const free = (one) => !element.outgoing.some(({ target }) => target === one);
  const rules = injector.get('bpmnRules');
  const drawn = injector.get('elementRegistry').filter((one) => one !== element && free(one) && !one.labelTarget && rules.canConnectSequenceFlow(element, one));
  const group = { id: 'there', name: say('Lead to what is there') };
  return Object.fromEntries(drawn.map((one) => [`lead-to-${one.id}`, {
    label: one.businessObject.name || one.id, className: 'bpmn-icon-connection', group,
    action: () => injector.get('selection').select(injector.get('modeling').connect(element, one)),
  }]));
}

Appending.$inject = ['injector', 'keyboard', 'popupMenu', 'selection', 'canvas'];

export default { __init__: ['appending'], appending: ['type', Appending] };
