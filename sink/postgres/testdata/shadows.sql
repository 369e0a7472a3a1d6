-- Look-alikes of what our statements use, as somebody who may create things in the
-- schema public would plant them: whoever calls one has given away what it is called
-- with. The role of the test has public before the system's own schema on its path.

create function public.caught(what text, got text) returns boolean language plpgsql as
$$ begin raise exception 'caught by %: %', what, got using errcode = 'XX001'; end $$;

-- Every function whose name our statements hold, with each of its signatures that can
-- be written down; {names} is their list.
do $plant$
declare
	f record;
	body text;
begin
	for f in
		select p.proname, p.prokind, p.pronargs, pg_catalog.pg_get_function_identity_arguments(p.oid) as args, p.proretset,
			pg_catalog.format_type(p.prorettype, null) as result
		from pg_catalog.pg_proc p
		where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and p.proname = any ({names})
			and not exists (select from pg_catalog.pg_type t where t.oid = any (p.proargtypes || p.prorettype) and t.typtype = 'p'
				and t.typname not in ('anyarray', 'anyelement', 'anynonarray', 'void'))
	loop
		body := pg_catalog.format('begin perform public.caught(%L, %s); %s end', f.proname,
			case when f.pronargs > 0 then '$1::text' else quote_literal('nothing') end,
			case when f.result = 'void' or f.proretset then 'return;' else 'return null;' end);
		execute pg_catalog.format('create function public.%I(%s) returns %s %s language plpgsql as %L',
			f.proname, f.args, case when f.proretset then 'setof ' else '' end, f.result, body);
	end loop;
end $plant$;

-- What takes any number of anything has no such signature: those that our statements
-- of both layouts would call.
do $plant$
declare
	args text;
begin
	foreach args in array array[
		'text, text, text, text, text, boolean, text, json, text, json',
		'text, varchar, text, text',
		'text, text, text, text, text, text, text, text, text, text',
		'text, text, text, text, text, text, text, boolean, text, text, text, boolean, text, text, text, text, text, text, text, json, text, text, text, boolean, text, text, text, json',
		'text, varchar, text, boolean, text, text, text, boolean, text, text, text, varchar, text, varchar, text, text, text, text, text, text, text, boolean, text, json',
		'text, text, text'
	] loop
		execute pg_catalog.format('create function public.json_build_object(%s) returns json language plpgsql as $f$ begin perform public.caught(''json_build_object'', $2::text); return null; end $f$', args);
		execute pg_catalog.format('create function public.json_build_array(%s) returns json language plpgsql as $f$ begin perform public.caught(''json_build_array'', $2::text); return null; end $f$', args);
	end loop;
end $plant$;

-- Types that fit better than the system's, for what is declared to take another.
create function public.lower(varchar) returns text language plpgsql as $$ begin perform public.caught('lower', $1); return null; end $$;
create function public.to_json(text[]) returns json language plpgsql as $$ begin perform public.caught('to_json', $1::text); return null; end $$;

-- Aggregates.
create function public.gathered(bigint) returns bigint language plpgsql as $$ begin perform public.caught('count', $1::text); return null; end $$;
create function public.gathered(bigint, integer) returns bigint language plpgsql as $$ begin perform public.caught('sum', $2::text); return null; end $$;
create function public.gathered(text, text) returns text language plpgsql as $$ begin perform public.caught('min or max', $2); return null; end $$;
create function public.gathered(json, json) returns json language plpgsql as $$ begin perform public.caught('json_agg', $2::text); return null; end $$;
create aggregate public.count(*) (sfunc = public.gathered, stype = bigint, initcond = '0');
create aggregate public.sum(integer) (sfunc = public.gathered, stype = bigint, initcond = '0');
create aggregate public.min(text) (sfunc = public.gathered, stype = text, initcond = '');
create aggregate public.max(text) (sfunc = public.gathered, stype = text, initcond = '');
create aggregate public.json_agg(json) (sfunc = public.gathered, stype = json, initcond = 'null');

-- Operators, of every two types that our tables and the catalog's have.
do $plant$
declare
	a text;
	b text;
	o text;
	types text[] := array['text', 'varchar', 'uuid', 'boolean', 'integer', 'bigint', 'smallint', '"char"', 'name', 'oid', 'timestamptz', 'jsonb', 'double precision'];
begin
	foreach a in array types loop
		foreach b in array types loop
			execute pg_catalog.format('create function public.compared(%s, %s) returns boolean language plpgsql as $f$ begin perform public.caught(''an operator'', $1::text); return null; end $f$', a, b);
			foreach o in array array['=', '<>', '<', '<=', '>', '>=', '&&'] loop
				execute pg_catalog.format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.compared)', o, a, b);
			end loop;
		end loop;
	end loop;
end $plant$;

-- Types, and the tables of the catalog.
do $plant$
declare
	n text;
begin
	foreach n in array array['text', 'uuid', 'timestamptz', 'jsonb', 'int4', 'int8', 'bool', 'float8'] loop
		execute pg_catalog.format('create domain public.%I as pg_catalog.%I check (public.caught(''a type'', value::pg_catalog.text))', n, n);
	end loop;
	foreach n in array array['pg_class', 'pg_namespace', 'pg_attribute', 'pg_type', 'pg_trigger', 'pg_constraint'] loop
		execute pg_catalog.format('create table public.%I (caught pg_catalog.text)', n);
	end loop;
end $plant$;
