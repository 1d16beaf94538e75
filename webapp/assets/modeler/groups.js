// Which properties the panel shows for which element.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { page, say } from '../common/page.js';
import { operatorOf } from './fields.js';

const PEOPLE = ['bpmn:UserTask', 'bpmn:ManualTask'];
const ON = { get: (access) => access.get() === 'true', set: (access, value) => access.set(value ? 'true' : '') };

/** What carries the properties of an element: of a pool, and of the whole drawing, the process. */
export function ownerOf(element, model) {
  const object = element.businessObject;
  if (is(object, 'bpmn:Participant')) return object.processRef ?? object;
  if (!is(object, 'bpmn:Collaboration')) return object;
  const executable = model.roots('bpmn:Process').filter((one) => one.isExecutable);
  return executable[0] ?? model.roots('bpmn:Process')[0];
}

/** The groups of fields of an element. */
export function groupsOf(element, owner, model, access) {
  const group = (id, title, ...fields) => ({ id, title, fields });
  const found = [group('general', titleOf(owner), ...general(element, owner, model, access))];
  if (is(owner, 'bpmn:Process')) found.push(group('process', say('Cases'), ...process(access)));
  if (isAny(owner, PEOPLE)) found.push(group('people', say('Who does it, and until when'), ...people(owner, model, access)));
  if (hasForm(owner)) found.push(group('form', say('Form'), ...form(owner, access)));
  if (is(owner, 'bpmn:ServiceTask')) found.push(group('service', say('Service'), ...service(element, owner, model)));
  if (is(owner, 'bpmn:BusinessRuleTask')) found.push(group('rule', say('Decision'), ...decision(access)));
  if (is(owner, 'bpmn:CallActivity')) found.push(group('call', say('Called process'), ...called(access)));
  if (is(owner, 'bpmn:ScriptTask')) found.push(group('script', say('Script'), ...script(access)));
  if (is(owner, 'bpmn:SequenceFlow')) found.push(group('flow', say('When it is taken'), ...flow(element, owner, model, access)));
  const definition = owner.get?.('eventDefinitions')?.[0];
  if (definition) found.push(group('event', say('What happens'), ...event(owner, definition, access)));
  if (owner.messageRef !== undefined && !definition) found.push(group('event', say('What happens'), ...message(owner, owner, access)));
  if (owner.loopCharacteristics?.$type === 'bpmn:MultiInstanceLoopCharacteristics') {
    found.push(group('instances', say('Several times'), ...instances(owner.loopCharacteristics, access)));
  }
  if (isAny(owner, ['bpmn:Activity'])) found.push(group('after', say('Afterwards'), ...after(access)));
  if (isAny(owner, ['bpmn:Activity', 'bpmn:Event'])) found.push(group('blueprint', say('Service blueprint'), ...blueprint(access)));
  return found.filter(({ fields }) => fields.some(Boolean));
}

export function titleOf(owner) {
  return say(owner.$type.slice(5).replace(/(?<!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`));
}

function general(element, owner, model, access) {
  const annotation = is(owner, 'bpmn:TextAnnotation');
  return [
    annotation
      ? { id: 'text', label: say('Text'), kind: 'area', access: access.attribute('text') }
      : owner.$descriptor.propertiesByName.name && { id: 'name', label: say('Name'), kind: 'area', rows: 1, access: access.name() },
    { id: 'id', label: say('Id'), code: true, once: true, access: access.id(), refuse: (value) => refusedId(value, owner, model),
      hint: say('Stands in histories: never rename one that has been deployed') },
    { id: 'documentation', label: say('Documentation'), kind: 'area', access: access.documentation() },
    isAny(owner, PEOPLE) && { id: 'instructions', label: say('Instructions'), kind: 'area', access: access.text('InstructionsForEndUser'),
      hint: say('Whoever does the task reads them above the form') },
  ];
}

function refusedId(value, owner, model) {
  if (!/^[A-Za-z_][\w.-]*$/.test(value)) return say('Begin with a letter; go on with letters, digits, - and _');
  const taken = model.moddle.ids.assigned(value);
  return taken && taken !== owner ? say('Another element has this id') : '';
}

function process(access) {
  return [
    { id: 'prefix', label: say('Prefix of case numbers'), access: access.property('prefix') },
    { id: 'customer', label: say('Where the customer stands'), code: true, access: access.property('customer'), hint: say('A path in the data, such as {example}', { example: 'customer.customerId' }) },
    { id: 'subject', label: say('Where the subject stands'), code: true, access: access.property('subject') },
    { id: 'starters', label: say('Who may start it'), access: access.property('starters'), choose: page.groups, hint: say('Nobody named: whoever holds any group') },
    { id: 'readers', label: say('Who may read its cases'), access: access.property('readers'), choose: page.groups },
    { id: 'confidentiality', label: say('Confidentiality'), access: access.property('confidentiality'), offer: page.classes },
  ];
}

function people(owner, model, access) {
  const others = tasksOf(owner).filter(({ value }) => value !== owner.id);
  return [
    { id: 'groups', label: say('Groups'), access: access.metadata('candidateGroups'), choose: page.groups, check: 'value',
      hint: say('Whose queue it is; without it the lane. With = before it an expression') },
    { id: 'assignee', label: say('Person'), code: true, access: access.metadata('assignee'), check: 'value', hint: say('The one it is for; an expression with = before it') },
    { id: 'foureyes', label: say('Not by whoever did'), access: access.metadata('fourEyes'), choose: others, check: 'value' },
    { id: 'due', label: say('Term'), code: true, access: access.metadata('dueIn'), check: 'term', offer: page.terms,
      hint: say('4 bh, 2 BD, 15 ND, PT72H; or = and an expression') },
    { id: 'priority', label: say('Priority'), code: true, access: access.metadata('priority'), check: 'value', offer: ['1', '2', '3'].map((value) => ({ value, label: value })), hint: say('1 is first, 3 last') },
  ];
}

function tasksOf(owner) {
  const all = [];
  const walk = (scope) => (scope.flowElements ?? []).forEach((one) => {
    if (isAny(one, PEOPLE)) all.push({ value: one.id, label: one.name || one.id });
    walk(one);
  });
  let top = owner;
  while (top.$parent && !is(top, 'bpmn:Process')) top = top.$parent;
  walk(top);
  return all;
}

function hasForm(owner) {
  const definition = owner.get?.('eventDefinitions')?.[0];
  return is(owner, 'bpmn:UserTask') || is(owner, 'bpmn:StartEvent') || (is(owner, 'bpmn:CatchEvent') && is(definition, 'bpmn:MessageEventDefinition'));
}

function form(owner, access) {
  const chosen = access.property('formJsonSchemaFilename');
  return [
    { id: 'form', label: say('Form'), kind: 'select', access: chosen, options: page.forms.map((value) => ({ value, label: value })) },
    chosen.get() && { id: 'openform', label: say('Its fields'), kind: 'link', access: chosen, text: say('Open the form'), href: `${page.editor}?path=${encodeURIComponent(chosen.get())}` },
    is(owner, 'bpmn:UserTask') && { id: 'variable', label: say('Result variable'), code: true, access: access.text('VariableName'), hint: say('All fields together under this name; without it each under its own') },
  ];
}

function service(element, owner, model) {
  const operator = operatorOf(model, element, owner);
  const known = page.operators.find(({ value }) => value === operator.id.get());
  const declared = known?.parameters ?? [];
  const further = operator.parameters().filter((name) => !declared.some((one) => one.name === name)).map((name) => ({ name, type: 'any' }));
  return [
    { id: 'operator', label: say('Operator'), kind: 'select', access: operator.id, options: page.operators, hint: known?.description },
    operator.id.get() && { id: 'result', label: say('Result variable'), code: true, access: operator.result },
    ...[...declared, ...further].map((one) => ({
      id: `parameter-${one.name}`, label: one.required ? say('{name} (needed)', { name: one.name }) : one.name, kind: 'area', rows: 1, code: true,
      access: operator.parameter(one.name, one.type), check: 'expression', hint: one.description,
    })),
  ];
}

function decision(access) {
  const chosen = access.text('CalledDecisionId');
  const own = page.decisions.find(({ value, path }) => value === chosen.get() && path);
  return [
    { id: 'decision', label: say('Decision'), kind: 'select', access: chosen, options: page.decisions },
    own && { id: 'opendecision', label: say('Its rules'), kind: 'link', access: chosen, text: say('Open the table'), href: `${page.editor}?path=${encodeURIComponent(own.path)}` },
    { id: 'resultvariable', label: say('Result variable'), code: true, access: access.property('resultVariable'), hint: say('Needed where several rows may hit') },
  ];
}

function called(access) {
  return [{ id: 'called', label: say('Process'), kind: 'select', access: access.attribute('calledElement'), options: page.processes }];
}

function script(access) {
  return [{ id: 'script', label: say('Script'), kind: 'area', rows: 4, code: true, access: access.attribute('script'), check: 'script', hint: say('Lines of name = expression') }];
}

function after(access) {
  return [{ id: 'postscript', label: say('Script at the end'), kind: 'area', code: true, access: access.text('PostScript'), check: 'script', hint: say('Lines of name = expression') }];
}

function flow(element, owner, model, access) {
  const source = owner.sourceRef;
  if (!isAny(source, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:Activity'])) return [];
  const gateway = element.source;
  return [
    source.default !== owner && { id: 'condition', label: say('Condition'), kind: 'area', code: true, access: access.expression('conditionExpression'), check: 'expression' },
    gateway && { id: 'default', label: say('Taken when no other is'), kind: 'flag', access: {
      get: () => source.default === owner,
      set: (value) => model.modeling.updateProperties(gateway, { default: value ? owner : undefined }),
    } },
  ];
}

const TIMES = ['timeDuration', 'timeDate', 'timeCycle'];

function event(owner, definition, access) {
  const kind = definition.$type.slice(5, -'EventDefinition'.length);
  const beside = (is(owner, 'bpmn:BoundaryEvent') && { id: 'interrupts', label: say('Ends the activity'), kind: 'flag', access: access.flag('cancelActivity') })
    || (is(owner, 'bpmn:StartEvent') && owner.$parent.triggeredByEvent && { id: 'interrupts', label: say('Ends what runs beside it'), kind: 'flag', access: access.flag('isInterrupting') });
  if (kind === 'Timer') return [...timer(definition, access), beside];
  if (kind === 'Message') return [...message(owner, definition, access), beside];
  if (kind === 'Signal') return [...thrown(owner, definition, access, 'signalRef', 'bpmn:Signal', 'name', say('Signal')), beside];
  if (kind === 'Error') return [...thrown(owner, definition, access, 'errorRef', 'bpmn:Error', 'errorCode', say('Code of the error')), beside];
  return [beside];
}

function timer(definition, access) {
  const kind = TIMES.find((name) => definition.get(name)) ?? 'timeDuration';
  const access_ = access.expression(kind, definition);
  const kinds = { timeDuration: say('After a time'), timeDate: say('At a moment'), timeCycle: say('Again and again') };
  return [
    { id: 'timer', label: say('Timer'), kind: 'select', none: kinds[kind], options: TIMES.filter((name) => name !== kind).map((value) => ({ value, label: kinds[value] })),
      access: { get: () => '', set: (chosen) => move(access, definition, kind, chosen) } },
    { id: 'time', label: say('When'), kind: 'area', rows: 1, code: true, access: access_, check: kind === 'timeCycle' ? 'cycle' : 'timer',
      hint: say('A term in quotes such as "2 BD" or "PT72H", or a moment such as business_days(2)') },
  ];
}

function move(access, definition, before, after_) {
  const body = access.expression(before, definition).get();
  access.expression(before, definition).set('');
  access.expression(after_, definition).set(body);
}

function message(owner, definition, access) {
  const throws = isAny(owner, ['bpmn:ThrowEvent', 'bpmn:SendTask']);
  const names = page.messages.map((value) => ({ value, label: value }));
  return [
    { id: 'message', label: say('Message'), code: true, once: true, access: access.reference('messageRef', 'bpmn:Message', 'name', definition), offer: names, hint: say('One fact in snake_case') },
    throws && { id: 'payload', label: say('Content'), kind: 'area', code: true, access: access.text('MessagePayload', definition), check: 'expression' },
    !throws && { id: 'content', label: say('Variable for the content'), code: true, access: access.text('MessageVariable', definition) },
    { id: 'correlation', label: say('Correlation key'), code: true, access: access.property('correlationKey'), check: 'expression', hint: say('Which case a message is for, as an expression on both sides') },
    waits(access),
  ];
}

function waits(access) {
  return { id: 'pauses', label: say('Clocks that stand still meanwhile'), code: true, access: access.property('pauses'), hint: say('Ids of tasks with a term and of timers') };
}

function thrown(owner, definition, access, reference, type, said, label) {
  const throws = is(owner, 'bpmn:ThrowEvent');
  return [
    { id: 'reference', label, code: true, once: true, access: access.reference(reference, type, said, definition) },
    throws && { id: 'payload', label: say('Content'), kind: 'area', code: true, access: access.text('PayloadExpression', definition), check: 'expression' },
    !throws && { id: 'content', label: say('Variable for the content'), code: true, access: access.text('VariableName', definition) },
  ];
}

function instances(loop, access) {
  return [
    { id: 'collection', label: say('For each of'), code: true, access: access.named('loopDataInputRef', loop), hint: say('The name of a list') },
    { id: 'item', label: say('Each one is called'), code: true, access: access.item('inputDataItem', 'bpmn:DataInput', loop) },
    { id: 'cardinality', label: say('Or how many times'), code: true, access: access.expression('loopCardinality', loop), check: 'expression' },
    { id: 'output', label: say('List of the results'), code: true, access: access.named('loopDataOutputRef', loop) },
    { id: 'outputitem', label: say('Each result is called'), code: true, access: access.item('outputDataItem', 'bpmn:DataOutput', loop) },
    { id: 'completion', label: say('Over as soon as'), code: true, access: access.expression('completionCondition', loop), check: 'expression' },
  ];
}

function blueprint(access) {
  const flag = (name) => ({ get: () => ON.get(access.property(name)), set: (value) => ON.set(access.property(name), value) });
  return [
    { id: 'stage', label: say('Stage'), kind: 'select', access: access.property('stage'), options: [
      { value: 'customer', label: say('Customer') }, { value: 'front', label: say('Front') },
      { value: 'back', label: say('Back') }, { value: 'support', label: say('Support') }] },
    { id: 'evidence', label: say('What the customer holds or hears'), access: access.property('evidence') },
    { id: 'failure', label: say('It may go wrong here'), kind: 'flag', access: flag('failurePoint') },
    { id: 'waiting', label: say('The customer waits here'), kind: 'flag', access: flag('waitingPoint') },
  ];
}
