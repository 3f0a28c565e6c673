-- Loads that go on where they broke off, and which snapshots of the lake are live.

create table if not exists carelake_segments (
  staging_table varchar(64) not null,
  segment varchar(128) not null comment 'Year and file of the export',
  content_hash varchar(40) not null comment 'As its manifest says: another file of the same name is another segment',
  loaded_at datetime(3) not null comment 'UTC',
  primary key (staging_table, segment)
) engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='carelake: segments that stand whole in staging tables, written with their rows in one transaction';

alter table carelake_tables add column lake_snapshots json null comment 'Year to the snapshot of the lake that its rows were read from; null of publications made before this was kept' after years;
