// Published request rates of the two services, per account and region. Data only.
// Source: "Amazon EMR endpoints and quotas" and "Amazon EMR Serverless endpoints and quotas" in the AWS documentation,
// as of 2026-09. Other tools in the account draw on the same rates.

export interface Rate {
  /** Calls that may be made at once. */
  readonly burst: number;
  /** Calls a second after that. */
  readonly perSecond: number;
}

export interface Rates {
  /** One for all calls of a service together. */
  readonly all: Readonly<Record<string, Rate>>;
  /** By "service:Operation". An operation that is not named has no rate of its own. */
  readonly of: Readonly<Record<string, Rate>>;
}

const SLOW: Rate = { burst: 10, perSecond: 0.5 };
const SERVERLESS_WRITE: Rate = { burst: 25, perSecond: 1 };
const SERVERLESS_READ: Rate = { burst: 50, perSecond: 10 };

export const PUBLISHED_RATES: Rates = {
  all: { emr: { burst: 25, perSecond: 5 } },
  of: {
    "emr:RunJobFlow": SLOW,
    "emr:AddJobFlowSteps": SLOW,
    "emr:CancelSteps": SLOW,
    "emr:DescribeStep": SLOW,
    "emr:ListSteps": SLOW,
    "emr:TerminateJobFlows": SLOW,
    "emr:ModifyCluster": SLOW,
    "emr:ListInstances": SLOW,
    "emr:DescribeCluster": { burst: 10, perSecond: 1 },
    "emr:ListClusters": { burst: 20, perSecond: 0.5 },
    "serverless:StartJobRun": SERVERLESS_WRITE,
    "serverless:CancelJobRun": SERVERLESS_WRITE,
    "serverless:ListJobRuns": SERVERLESS_WRITE,
    "serverless:CreateApplication": SERVERLESS_WRITE,
    "serverless:UpdateApplication": SERVERLESS_WRITE,
    "serverless:StartApplication": SERVERLESS_WRITE,
    "serverless:StopApplication": SERVERLESS_WRITE,
    "serverless:GetJobRun": SERVERLESS_READ,
    "serverless:GetApplication": SERVERLESS_READ,
    "serverless:ListApplications": SERVERLESS_READ,
    "serverless:GetDashboardForJobRun": { burst: 2, perSecond: 1 },
  },
};
