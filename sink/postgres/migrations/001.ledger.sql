-- The ledger of imports: one row for each batch, written in the transaction that
-- put the batch's users into their table.

create table {schema}.import_batches (
	id           uuid        not null constraint import_batches_pkey primary key,
	run          text        not null,
	users        integer     not null, -- handed over
	created      integer     not null default 0,
	existing     integer     not null default 0, -- there before, untouched
	refused      integer     not null default 0,
	-- The moment of the transaction, which its rows have too. It is what tells one
	-- run's users from another's, so no two batches may share it.
	committed_at timestamptz not null default now() constraint import_batches_moment unique
);

create table {schema}.import_refusals (
	batch_id  uuid not null constraint import_refusals_batch references {schema}.import_batches on delete cascade,
	source_id text not null,
	code      text not null,
	detail    text not null
);

create index import_refusals_batch_id on {schema}.import_refusals (batch_id);

revoke all on {schema}.import_batches, {schema}.import_refusals from public;
