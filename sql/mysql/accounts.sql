-- Accounts, for the administrator of the server to run once. The publisher never runs this file.
-- Replace the database name and the passwords. REQUIRE SSL shuts out a unix socket without TLS as well.

create user if not exists 'carelake_loader'@'%' identified by '<password of the loader>' require ssl;
grant select, insert, update, delete, create, drop, alter, index on `carelake`.* to 'carelake_loader'@'%';
-- With a token of IAM instead of a password (`password: { iam: true }`; RDS and Aurora):
--   create user 'carelake_loader'@'%' identified with AWSAuthenticationPlugin as 'RDS' require ssl;
-- Through the RDS Data API, where Aurora fetches the rows (the role must be active at login):
--   grant AWS_LOAD_S3_ACCESS to 'carelake_loader'@'%'; set default role AWS_LOAD_S3_ACCESS to 'carelake_loader'@'%';
-- Lets a swap that waits name the readers in its way. Without it their number is all that is known.
grant process on *.* to 'carelake_loader'@'%';
grant select on performance_schema.metadata_locks to 'carelake_loader'@'%';
grant select on performance_schema.threads to 'carelake_loader'@'%';
grant select on performance_schema.events_statements_current to 'carelake_loader'@'%';

-- Reads what is live and nothing else: grants go by name, so they survive every swap, and former generations and
-- staging tables stay hidden. Run after the first publication; one line a published table.
create user if not exists 'carelake_analyst'@'%' identified by '<password of the analyst>' require ssl;
grant select on `carelake`.`drug_report` to 'carelake_analyst'@'%';
grant select on `carelake`.`prescriber_report` to 'carelake_analyst'@'%';
grant select on `carelake`.`drug_utilization` to 'carelake_analyst'@'%';
grant select on `carelake`.`state` to 'carelake_analyst'@'%';
grant select on `carelake`.`carelake_tables` to 'carelake_analyst'@'%';
grant select on `carelake`.`publish_log` to 'carelake_analyst'@'%';
