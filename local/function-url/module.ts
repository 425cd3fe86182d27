/** Function URLs among the services. */
import { LocalError } from '../errors.ts'
import { text } from '../json-input.ts'
import { offered, type ServiceContext, type ServiceModule } from '../service-module.ts'
import { hex, ownText } from '../template/identity.ts'
import type { Identity, Resource, Subject } from '../template/model.ts'
import { createFunctionUrl, type FunctionUrl } from './function-url.ts'

export const functionUrl: ServiceModule = {
  name: 'function-url',
  kinds: [
    {
      type: 'AWS::Lambda::Url',
      here: 'runs',
      identify: identity,
      hosts: ({ id, attribute }, { aws }) => [
        [new URL(attribute('FunctionUrl')).hostname, `${aws}/_aws/lambda-url/${id}`],
      ],
    },
  ],
  open: async (context) => ({
    functionUrls: new Map(
      context.template.ofType('AWS::Lambda::Url').map((url) => [url.id, urlOf(context, url)]),
    ),
  }),
}

function urlOf(context: ServiceContext, { id, properties, attribute }: Resource): FunctionUrl {
  const functionName = text(properties, 'TargetFunctionArn')
  const target = context.template.byArn(functionName)
  if (target === undefined)
    throw new LocalError('LAMBDA_URL_TARGET', `${id}: ${functionName} is no function of this template`)
  return createFunctionUrl({
    urlId: new URL(attribute('FunctionUrl')).hostname.split('.')[0] ?? id,
    functionName,
    functionArn: target.attribute('Arn'),
    authType: properties['AuthType'] === 'NONE' ? 'NONE' : 'AWS_IAM',
    invokeMode: properties['InvokeMode'] === 'RESPONSE_STREAM' ? 'RESPONSE_STREAM' : 'BUFFERED',
    functions: offered(context, 'functions'),
    authorize: context.authorize,
    log: context.log,
  })
}

function identity(subject: Subject): Identity {
  const target = ownText(subject, 'TargetFunctionArn') ?? subject.id
  return {
    name: subject.id,
    ref: target,
    attributes: {
      FunctionArn: target,
      FunctionUrl: `https://${hex(subject, 32)}.lambda-url.${subject.region}.on.aws/`,
    },
  }
}
