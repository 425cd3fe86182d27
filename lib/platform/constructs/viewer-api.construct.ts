/** What viewers' players ask a function of ours: through the distribution, whose secret shows it, to an HTTP API. */
import { Duration } from 'aws-cdk-lib'
import { CorsHttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { HouseHttpApi, type HouseHttpApiProps } from './http-api.construct.ts'

/** What the distribution must know of it. */
export interface ViewerOrigin {
  /** Paths that go there, as CloudFront writes them. */
  readonly pathPattern: string
  readonly domainName: string
}

export interface ViewerApiProps extends Omit<HouseHttpApiProps, 'cors'> {
  readonly pathPattern: string
  /** What shows that a request came through the distribution: players may ask the API itself, too. */
  readonly frontSecret: ISecret
  /** What pages may send and read beside what all do. */
  readonly sentHeaders?: readonly string[]
  readonly shownHeaders?: readonly string[]
}

/**
 * An API behind the front. Its function finds the front's secret by `FRONT_SECRET`, and believes what the front says of
 * a viewer (`CloudFront-Viewer-Country`) where a request shows that secret.
 */
export class ViewerApi extends HouseHttpApi {
  readonly origin: ViewerOrigin

  constructor(scope: Construct, name: string, props: ViewerApiProps) {
    const { frontSecret, pathPattern, sentHeaders = [], shownHeaders = [], ...rest } = props
    super(scope, name, {
      ...rest,
      cors: {
        // Players stand on any page; what they may have is decided by their token.
        allowOrigins: ['*'],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
        // The star does not stand for authorization (Fetch 3.3.4).
        allowHeaders: ['*', 'authorization', 'content-type', ...sentHeaders],
        exposeHeaders: [...shownHeaders],
        maxAge: Duration.hours(1),
      },
    })
    rest.handler.addEnvironment('FRONT_SECRET', frontSecret.secretArn)
    rest.handler.grantActions(['secretsmanager:GetSecretValue'], frontSecret.secretArn)
    this.origin = { pathPattern, domainName: this.domainName }
  }
}
