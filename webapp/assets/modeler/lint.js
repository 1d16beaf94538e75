// The rules of bpmnlint that say what the server's checks do not: manners of drawing, told at once.
import blankStart from 'bpmnlint/rules/sub-process-blank-start-event.js';
import duplicateFlows from 'bpmnlint/rules/no-duplicate-sequence-flows.js';
import forkAndJoin from 'bpmnlint/rules/no-gateway-join-fork.js';
import notConnected from 'bpmnlint/rules/no-disconnected.js';
import overlapping from 'bpmnlint/rules/no-overlapping-elements.js';
import severalDefinitions from 'bpmnlint/rules/single-event-definition.js';
import superfluousEnd from 'bpmnlint/rules/superfluous-termination.js';
import typedStart from 'bpmnlint/rules/event-sub-process-typed-start-event.js';
import { say } from '../common/page.js';

const RULES = {
  'sub-process-blank-start-event': blankStart,
  'no-duplicate-sequence-flows': duplicateFlows,
  'no-gateway-join-fork': forkAndJoin,
  'no-disconnected': notConnected,
  'no-overlapping-elements': overlapping,
  'single-event-definition': severalDefinitions,
  'superfluous-termination': superfluousEnd,
  'event-sub-process-typed-start-event': typedStart,
};

export const rules = {
  config: { rules: Object.fromEntries(Object.keys(RULES).map((name) => [name, 'warn'])) },
  resolver: { resolveRule: (plugin, name) => RULES[name], resolveConfig: () => ({}) },
};

const SENTENCES = {
  'Start event must be blank': 'A subprocess begins with a plain start event',
  'SequenceFlow is a duplicate': 'This flow is drawn twice',
  'Duplicate outgoing sequence flows': 'Two flows leave here for the same place',
  'Duplicate incoming sequence flows': 'Two flows come in here from the same place',
  'Gateway forks and joins': 'This gateway both joins and splits; draw two',
  'Element is not connected': 'Nothing leads here or away',
  'Element overlaps with other element': 'It lies over something else',
  'Element is outside of parent boundary': 'It lies outside of what it belongs to',
  'Event has multiple event definitions': 'An event waits for or throws one thing',
  'Termination is superfluous.': 'A plain end event says the same here',
  'Start event is missing event definition': 'An event subprocess begins with a message, timer, signal or error',
};

/** What bpmnlint says, in our words. */
export function worded(message) {
  return say(SENTENCES[message] ?? message);
}
