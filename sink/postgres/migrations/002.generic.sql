-- Users with the password hashes they had, and the identities they have at other
-- providers. An application verifies passwords itself and may write to both.
--
-- Lengths are checked apart from forms: a counted repetition such as {0,127} takes
-- thirty times as long as the rest of a check, and most of a load.

create table {schema}.users (
	id        text not null constraint users_pkey primary key
		constraint users_id_form check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$' and octet_length(id) <= 128),
	source_id text -- the id before the import
		constraint users_source_id_length check (octet_length(source_id) between 1 and 1024),

	email     text -- as typed
		constraint users_email_length check (char_length(email) between 1 and 320),
	email_key text -- folded: what people are looked up by
		constraint users_email_key_key unique
		constraint users_email_key_folded check (email_key = lower(email_key) and email_key = btrim(email_key) and char_length(email_key) <= 320),
	email_verified boolean not null default false,
	phone     text -- E.164
		constraint users_phone_key unique
		constraint users_phone_form check (phone ~ '^\+[1-9][0-9]+$' and octet_length(phone) <= 16),
	phone_verified boolean not null default false,

	name      text constraint users_name_length check (char_length(name) <= 256),
	username  text constraint users_username_length check (char_length(username) <= 320),
	photo_url text constraint users_photo_url_length check (char_length(photo_url) <= 2048),

	-- The hash describes itself as far as its kind has such a form; params hold what
	-- it cannot say. A project's signer key belongs into the application's settings.
	password_format text
		constraint users_password_format_form check (password_format ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(password_format) <= 64),
	password_hash   text constraint users_password_hash_length check (octet_length(password_hash) between 1 and 4096),
	password_params jsonb not null default '{}' constraint users_password_params_object check (jsonb_typeof(password_params) = 'object'),
	password_changed_at timestamptz, -- set by the application; null: as imported

	labels text[] not null default '{}' -- rights
		constraint users_labels_form check (cardinality(labels) <= 1000 and array_position(labels, null) is null),
	prefs  jsonb not null default '{}'
		constraint users_prefs_object check (jsonb_typeof(prefs) = 'object' and octet_length(prefs::text) <= 65535),

	disabled        boolean     not null default false,
	created_at      timestamptz not null default now() constraint users_created_at_finite check (isfinite(created_at)),
	updated_at      timestamptz not null default now() constraint users_updated_at_finite check (isfinite(updated_at)),
	last_sign_in_at timestamptz constraint users_last_sign_in_at_finite check (isfinite(last_sign_in_at)),
	imported_at     timestamptz, -- null: signed up here

	constraint users_address check (email is not null or phone is not null),
	constraint users_email_both check ((email is null) = (email_key is null)),
	constraint users_email_flag check (email is not null or not email_verified),
	constraint users_phone_flag check (phone is not null or not phone_verified),
	constraint users_password_both check ((password_format is null) = (password_hash is null))
);

create table {schema}.user_identities (
	provider text not null constraint user_identities_provider_length check (char_length(provider) between 1 and 64),
	subject  text not null constraint user_identities_subject_length check (char_length(subject) between 1 and 1024),
	user_id  text not null constraint user_identities_user references {schema}.users on delete cascade,
	data     jsonb not null default '{}' constraint user_identities_data_object check (jsonb_typeof(data) = 'object'),
	constraint user_identities_pkey primary key (provider, subject)
);

create index user_identities_user_id on {schema}.user_identities (user_id);

revoke all on {schema}.users, {schema}.user_identities from public;
