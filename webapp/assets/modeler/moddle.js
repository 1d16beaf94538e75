// The extension elements that the engine reads: what is missing here would be dropped when a diagram is saved.
const attribute = (name) => ({ name, isAttr: true, type: 'String' });
const many = (name, type) => ({ name, type, isMany: true });
const holder = (name, ...properties) => ({ name, superClass: ['Element'], properties });
const text = (name) => holder(name, { name: 'value', isBody: true, type: 'String' });

const TEXTS = [
  'PreScript', 'PostScript', 'InstructionsForEndUser', 'CalledDecisionId', 'VariableName', 'MessagePayload',
  'MessageVariable', 'PayloadExpression', 'Category', 'SignalButtonLabel', 'AllowGuest', 'GuestConfirmation',
];

export default {
  name: 'Extensions',
  prefix: 'spiffworkflow',
  uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core',
  xml: { tagAlias: 'lowerCase' },
  associations: [],
  types: [
    ...TEXTS.map(text),
    holder('Properties', many('properties', 'Property')),
    holder('Property', attribute('name'), attribute('value')),
    holder('TaskMetadataValues', many('values', 'TaskMetadataValue')),
    holder('TaskMetadataValue', attribute('name'), attribute('value')),
    holder('ServiceTaskOperator', attribute('id'), attribute('resultVariable'), { name: 'parameterList', type: 'Parameters' }),
    holder('Parameters', many('parameters', 'Parameter')),
    holder('Parameter', attribute('id'), attribute('type'), attribute('value')),
  ],
};
