-- What is live, and how it came to be. Made by the publisher, read by analysts.
-- Forward only: a later change is a new file. Statements end with a semicolon at the end of a line.

create table if not exists publish_log (
  id bigint unsigned not null auto_increment comment 'Order of events',
  set_name varchar(64) not null comment 'Tables that are swapped together',
  action varchar(16) not null comment 'publish or rollback',
  publication varchar(128) not null comment 'Generation that is to become live',
  run varchar(128) not null comment 'Run that made its data',
  state varchar(16) not null comment 'loading, swapping, done, already-live, failed or abandoned',
  tables_json json not null comment 'Tables of the generation',
  detail varchar(1000) null comment 'Why it failed',
  connection_id bigint unsigned not null comment 'Connection of the publisher',
  carelake_version varchar(32) not null,
  started_at datetime(3) not null comment 'UTC',
  finished_at datetime(3) null comment 'UTC',
  primary key (id),
  index by_set_name_state (set_name, state)
) engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='carelake: publications and rollbacks, oldest first';

create table if not exists carelake_tables (
  table_name varchar(64) not null,
  set_name varchar(64) not null comment 'Tables that are swapped together',
  publication varchar(128) not null comment 'Generation that is live; the same in all tables of a set',
  run varchar(128) not null comment 'Run that made the data',
  row_count bigint unsigned not null,
  content_hash varchar(40) not null comment 'Sum over rows of the first 32 bits of sha256(line)',
  contract varchar(16) not null comment 'Changes when columns, keys, indexes or meanings change',
  years varchar(400) not null comment 'Years in the table, ascending, separated by commas',
  published_at datetime(3) not null comment 'UTC',
  carelake_version varchar(32) not null,
  primary key (table_name)
) engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='carelake: the published tables that are live';
