/** HTTP APIs called by viewers' players: through the distribution, which identifies itself by a secret. */
import { Duration } from 'aws-cdk-lib'
import { CorsHttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { HouseHttpApi, type HouseHttpApiProps } from './http-api.construct.ts'

/** The API as an origin of the distribution. */
export interface ViewerOrigin {
  /** The paths routed to it, in CloudFront's syntax. */
  readonly pathPattern: string
  readonly domainName: string
  /** Who comes without a name and password is asked for them (HTTP Basic). @default false */
  readonly asksForPassword?: boolean
}

export interface ViewerApiProps extends Omit<HouseHttpApiProps, 'cors'> {
  readonly pathPattern: string
  /** The secret that marks requests from the distribution: players may call the API directly, too. */
  readonly frontSecret: ISecret
  /** Additional headers that pages may send and read. */
  readonly sentHeaders?: readonly string[]
  readonly shownHeaders?: readonly string[]
}

/**
 * An API behind the front. Its function finds the front's secret by `FRONT_SECRET`, and trusts the front's viewer
 * headers (`CloudFront-Viewer-Country`) only in requests with that secret.
 */
export class ViewerApi extends HouseHttpApi {
  readonly origin: ViewerOrigin

  constructor(scope: Construct, name: string, props: ViewerApiProps) {
    const { frontSecret, pathPattern, sentHeaders = [], shownHeaders = [], ...rest } = props
    super(scope, name, {
      ...rest,
      cors: {
        // Players run on any page; access is decided by their token.
        allowOrigins: ['*'],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
        // The star does not cover authorization (Fetch 3.3.4).
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
